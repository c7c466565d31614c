"""What customers write in French about orders and deliveries."""

from typing import Final

DELIVERY: Final = """
track_order_context = {order_context}
    la livraison était prévue {jour}. | mon adresse est bonne, j'ai vérifié.
track_order_short =
    où est mon (colis|paquet) | où est ma commande | suivi | suivi de colis | tracking | suivre {numero} | pas reçu
    statut de la commande {numero} | colis en retard | toujours pas de colis | numéro de suivi ? | livraison ?
track_order_ask =
    2* où est {colis} ? | {colis}, il est où ? | 2* quand est-ce que {colis} (arrive|va arriver|sera livré) ?
    est-ce que {colis} est [déjà] (parti|expédié|envoyé) ? | est-ce que {commande} a été (shippée|envoyée|expédiée) ?
    {pouvez_vous} me dire où est {colis} ? | {je_veux} savoir où est {colis}. | {comment} suivre {commande} ?
    {colis} n'est toujours pas arrivé. | {colis} devait arriver {jour} et (rien|je n'ai rien reçu).
    le (suivi|lien de suivi|tracking) (ne marche pas|n'affiche rien|n'a pas bougé depuis {jour}).
    ça met combien de temps pour (arriver|être livré) ? | est-ce que {colis} est en route [chez moi] ?
    quel est le statut de {commande} ? | des nouvelles de {commande} ?
    c'est marqué livré mais (il n'y a rien à mon adresse|je n'ai rien reçu|les voisins n'ont rien non plus).
    {colis} aurait dû être livré à mon adresse {date}, il est où ?
    2* j'ai changé l'adresse de livraison {date}, quand est-ce que {colis} arrive à la nouvelle ?
    2* est-ce que {colis} est déjà en livraison à (mon adresse|ma nouvelle adresse|l'ancienne adresse) ?
    2* l'adresse est bonne, alors pourquoi {colis} n'est pas (là|livré) ?
    est-ce que le livreur a laissé {colis} à la mauvaise adresse, ou bien il est où maintenant ?
change_address_context = {order_context}
    la livraison est prévue {jour}. | j'ai déménagé {date}. | je serai absent à partir de {jour}.
change_address_short =
    mauvaise adresse | nouvelle adresse | changement d'adresse | changer d'adresse | j'ai déménagé
    changer l'adresse de livraison | autre adresse {svp} | mauvais (code postal|numéro de rue) pour {numero}
    autre adresse pour {numero}
change_address_ask =
    2* {je_veux} changer l'adresse[ de livraison][ de {commande}].
    {pouvez_vous} (livrer|envoyer) {colis} à (une autre adresse|ma nouvelle adresse|mon travail) ?
    {comment} (changer|modifier) (l'adresse|mon adresse) [de livraison] ?
    {je_peux} me faire livrer (au bureau|ailleurs) ?
    j'ai déménagé, {pouvez_vous} mettre mon adresse à jour ? | j'ai donné (la mauvaise adresse|le mauvais code postal).
    {colis} va partir à (mon ancienne|la mauvaise) adresse, {pouvez_vous} corriger ?
    {je_peux} récupérer {colis} dans un (point relais|locker) au lieu de la maison ?
    il y a une (faute|erreur) dans l'adresse de {commande}.
    {utilisez} (mon adresse au travail|ma nouvelle adresse) {svp}.
    c'est trop tard pour faire livrer {colis} ailleurs ?
    2* {colis} n'est pas encore arrivé, {je_peux} encore le faire livrer à une autre adresse ?
    2* {colis} va être livré où ? il ne faut pas qu'il aille à mon ancienne adresse.
    2* avant que {colis} soit expédié, {pouvez_vous} mettre la bonne adresse ?
    mon compte affiche toujours l'ancienne adresse, (je n'habite plus là|c'est à corriger).
    quand est-ce que {colis} part ? je dois d'abord donner une nouvelle adresse.
"""

ORDERS: Final = """
cancel_order_context = {order_context}
    rien n'est encore parti. | c'était une erreur. | j'ai changé d'avis.
cancel_order_short =
    annuler | annuler commande | annuler {numero} | annulation | stopper ma commande | comment annuler | cancel
    {annulez} {svp} | plus besoin | {annulez} tout | cancel mon order
cancel_order_ask =
    3* {je_veux} annuler {commande}. | 2* {pouvez_vous} annuler {commande} ? | {annulez} {commande} {svp}.
    {comment} annuler {commande} ? | c'est trop tard pour (annuler|stopper) {commande} ?
    je n'ai plus besoin {du_produit}, il faut arrêter la commande. | {je_peux} encore (annuler|cancel) {commande} ?
    j'ai commandé {un_produit} par erreur, {pouvez_vous} annuler ? | {je_veux} renoncer à {commande}.
    il faut (stopper|bloquer) {commande} avant (l'envoi|qu'elle parte).
    j'ai trouvé {offre} moins cher, on laisse tomber.
    j'ai commandé deux fois sans faire exprès, {pouvez_vous} annuler une des deux commandes ?
    2* ({ne_changez} rien à|pas la peine de modifier) {commande}, il faut (l'annuler|tout annuler).
    2* je ne veux plus changer (quoi que ce soit|la taille|la couleur) dans {commande}, juste annuler.
    2* {je_peux} annuler tout le contenu de {commande}, pas seulement {le_produit} ?
    2* au lieu (d'échanger|de remplacer) {le_produit} {je_veux} annuler {commande}.
    si on ne peut plus modifier {commande}, alors {annulez} tout.
    2* je me suis trompé dans {commande}, {pouvez_vous} l'annuler pour que je puisse recommander ?
    c'est payant d'annuler {commande} (maintenant|avant l'envoi) ?
change_order_context = {order_context}
    rien n'est encore parti. | je me suis trompé. | j'ai changé d'avis.
change_order_short =
    modifier commande | modifier {numero} | changer ma commande | modification | mauvaise (taille|couleur)
    ajouter un article | changer la quantité | {changez} la taille {svp} | {produit} en plus
    {autre_couleur} au lieu de {couleur}
change_order_ask =
    3* {je_veux} (modifier|changer) {commande}. | 2* {pouvez_vous} (modifier|changer) {commande} ?
    {changez} {commande} {svp}. | {comment} (modifier|changer) {commande} ?
    {je_peux} ajouter {autre_chose} à {commande} ?
    c'est trop tard pour (modifier|changer|ajouter quelque chose à) {commande} ?
    j'ai pris la mauvaise (taille|couleur), {pouvez_vous} mettre (du {taille}|du {autre_couleur}) à la place ?
    {je_peux} encore changer la (taille|couleur|quantité) dans {commande} ? | il m'en faut {quelques} au lieu d'{un}.
    il faut enlever {le_produit} de {commande} (avant l'envoi|mais envoyer le reste).
    {je_veux} prendre {autre_chose} au lieu {du_produit} avant (l'envoi|que ça parte).
    j'en ai commandé {quelques} sans faire exprès, {pouvez_vous} n'en laisser qu'{un} ?
    2* ({nannulez} pas|pas la peine d'annuler) {commande}, il faut (changer la (taille|couleur)|enlever un article).
    2* je ne veux plus annuler (quoi que ce soit|{commande}), juste changer la (taille|couleur|quantité).
    2* {je_peux} annuler seulement {le_produit} et garder le reste de {commande} ?
    2* au lieu d'annuler {commande} {je_veux} (échanger|remplacer) {le_produit}.
    si on ne peut plus annuler {commande}, alors {changez} la (taille|couleur).
    2* je me suis trompé dans {commande}, {pouvez_vous} la corriger pour que je n'aie pas à recommander ?
    c'est payant de modifier {commande} (maintenant|avant l'envoi) ?
"""
