"""What customers write in French about returns, refunds and payments."""

from typing import Final

RETURNS: Final = """
return_item_context = {order_context}
    reçu {date}. | ça ne me plaît pas. | ce n'est pas la bonne couleur. | c'est encore dans le carton.
return_item_short =
    retour | retourner un article | renvoyer | étiquette de retour | comment renvoyer | mauvaise taille, retour
    conditions de retour | renvoyer {le_produit} | adresse pour le retour ? | retour {numero} | faire un return
return_item_ask =
    3* {je_veux} (renvoyer|retourner|rendre) {le_produit}. | 2* {comment} (renvoyer|retourner) {le_produit} ?
    {je_peux} (rendre|retourner) {le_produit} ? | où envoyer {le_produit} si je ne veux pas le garder ?
    {je_veux} imprimer une étiquette de retour pour {le_produit}.
    qui paie le (retour|port) si je renvoie {le_produit} ?
    {je_peux} rendre {le_produit} en (magasin|boutique) ? | j'ai combien de jours pour renvoyer {le_produit} ?
    {le_produit} ne me va pas, je fais quoi ? | {le_produit} ne marche pas, {comment} renvoyer ça ?
    2* {comment} (renvoyer|retourner) {le_produit} et récupérer mon argent ?
    2* {je_veux} un remboursement pour {le_produit}, je l'envoie où ?
    2* est-ce que je serai remboursé si je (renvoie|retourne|rends) {le_produit} ?
    2* je n'ai pas encore renvoyé {le_produit}, je suis remboursé en entier si je le fais {delai} ?
    2* il faut quoi pour le retour {du_produit}, {je_veux} récupérer mes {montant}.
    j'ai ouvert le carton, {je_peux} encore rendre {le_produit} contre un remboursement ?
    c'est un remboursement ou un bon d'achat quand je rends {le_produit} ?
delai = maintenant | cette semaine | d'ici {quelques} semaines | après {day} jours
refund_status_context = {order_context}
    le retour est parti {date}. | ça ne me plaisait pas. | ce n'était pas la bonne couleur.
    c'était encore dans le carton.
refund_status_short =
    remboursement | remboursement ? | refund ? | où est mon remboursement | mon argent | toujours pas remboursé
    remboursement {numero} | {montant} remboursés ? | quand remboursement | statut du refund
refund_status_ask =
    3* où est mon (remboursement|refund) [pour {le_produit}] ? | 2* quand est-ce que je (serai|suis) remboursé ?
    ça prend combien de temps, (un|mon|le) remboursement ?
    j'attends toujours (mon argent|mon remboursement|mes {montant}).
    {pouvez_vous} vérifier (mon remboursement|si mon remboursement est parti) ?
    mon remboursement a été (envoyé|fait) ?
    le remboursement n'est pas encore sur mon compte. | je n'ai été remboursé que de {montant}, où est le reste ?
    mon retour est bien arrivé, et vous payez quand ? | on m'a promis {montant} {date}, rien reçu.
    2* j'ai (renvoyé|retourné|rendu) {le_produit} {date}, quand est-ce que je récupère mon argent ?
    2* j'ai (renvoyé|retourné|rendu) {le_produit} {date} et je n'ai pas eu de remboursement.
    2* combien de temps pour récupérer mon argent après avoir (renvoyé|retourné|rendu) {le_produit} ?
    2* est-ce que je suis remboursé en entier pour {le_produit} ? j'ai déjà tout renvoyé.
    2* le retour {du_produit} a été reçu {date}, {je_veux} récupérer mes {montant}.
    j'ai rendu {le_produit} en (magasin|boutique), où est mon argent ?
    le remboursement pour {le_produit}, c'est sur ma carte ou en bon d'achat ?
"""

PAYMENTS: Final = """
payment_failed_context = {order_context}
    j'ai payé par (carte|virement|carte bleue). | ma banque dit que tout va bien. | j'ai réessayé {date}.
payment_failed_short =
    paiement refusé | carte refusée | impossible de payer | erreur de paiement | paiement failed | le checkout plante
    carte non acceptée | {montant} refusés | problème de paiement | payer ne marche pas
payment_failed_ask =
    3* mon paiement (a échoué|a été refusé|n'est pas passé|ne passe pas). | je n'arrive pas à payer {commande}.
    2* pourquoi mon paiement (est refusé|a été rejeté|ne passe pas) ? | la page de paiement (affiche une erreur|bug).
    {pouvez_vous} me dire pourquoi mon paiement (a échoué|ne marche pas) ? | le site (ne prend pas|refuse) ma carte.
    j'ai une erreur quand je (paie|clique sur payer). | {comment} payer si ma carte est refusée ?
    le code de ma banque n'est jamais arrivé, du coup le paiement a échoué. | le paiement de {montant} reste en attente.
    2* j'ai essayé de payer {montant} deux fois et (ça a échoué|c'était refusé) les deux fois.
    2* le premier paiement a échoué et le deuxième aussi, rien n'a été débité.
    2* est-ce que je dois repayer ? le paiement de {montant} n'est pas passé et je ne veux pas être débité deux fois.
    2* j'ai essayé deux cartes pour {commande} et les deux ont été refusées.
    2* rien n'a quitté mon compte, pourtant j'ai appuyé deux fois sur payer pour {commande}.
    ma banque ne voit aucun paiement de {montant}, on dirait que ça a échoué.
    le paiement de {commande} a encore échoué une fois.
charged_twice_context = {order_context}
    j'ai payé par (carte|virement|carte bleue). | ma banque dit que tout va bien. | j'ai revérifié {date}.
charged_twice_short =
    débité deux fois | double paiement | payé deux fois | double débit | prélevé deux fois | {montant} deux fois
    deux paiements | facturé deux fois | carte débitée deux fois | payé {montant} deux fois
charged_twice_ask =
    3* j'ai été (débité|facturé|prélevé) deux fois[ pour {commande}]. | vous m'avez débité deux fois pour {commande}.
    2* pourquoi (j'ai été débité|ma carte a été débitée) deux fois ?
    il y a deux paiements de {montant} sur mon (compte|relevé).
    {pouvez_vous} me dire pourquoi j'ai payé deux fois ? | le site a pris deux fois {montant} sur ma carte.
    je vois deux fois le même paiement sur mon (compte|relevé). | {comment} récupérer le deuxième paiement ?
    j'ai deux débits de {montant} chez vous. | une seule commande et deux paiements de {montant}, ce n'est pas normal.
    2* j'ai payé {montant} une fois et (ça a été débité|c'était prélevé) deux fois.
    2* le premier paiement a échoué et le deuxième est passé, mais les deux ont été débités.
    2* est-ce que je dois appeler ma banque ? le paiement de {montant} est passé deux fois et j'ai payé une seule fois.
    2* j'ai essayé deux cartes pour {commande} et les deux ont été débitées.
    2* l'argent a quitté mon compte deux fois, pourtant j'ai appuyé une seule fois sur payer pour {commande}.
    ma banque voit un deuxième paiement de {montant}, on dirait que c'est en double.
    le paiement de {commande} a encore été pris une fois.
"""
