"""What customers write in French to greet, and about the shop and its people."""

from typing import Final

GREETING: Final = """
causette =
    ça va[ bien][ aujourd'hui] ? | {comment_ca_va} ? | quoi de neuf ? | tout va bien ? | belle journée, non ?
    bon {jour} ! | ravi de faire connaissance. | ça fait longtemps. | j'espère que tout va bien. | bonne semaine !
    {passez} un bon {jour}.
souhait =
    j'ai une [(petite|simple|autre)] question. | {aidez_moi}[ (aujourd'hui|un instant|pour quelque chose)] ?
    j'ai besoin d'[un peu d']aide[ pour quelque chose]. | il y a quelqu'un ? | {une_minute} ? | {etes_la} ?
    c'est bien le chat (du magasin|de la boutique) ? | je peux poser une [(petite|autre)] question ?
    je suis au bon endroit ? | je suis nouveau ici. | c'est encore moi. | je voulais juste dire bonjour.
    on peut discuter[ (un peu|un instant)] ? | je reviens avec une [autre] question.
greeting_ask =
    3* {hello} | 2* {hello} {hello} | 4* {hello}, {causette} | 6* {hello}, {souhait} | 2* {causette} | 2* {souhait}
    5* {hello}, {causette} {souhait} | 2* {hello} le bot, {causette} | 2* {hello} tout le monde, {souhait}
    3* {hello} et bon {jour}, {souhait} | 2* {hello}, {souhait} {thanks} | {hello} {svp}, {souhait}
    2* {causette} {souhait} {thanks}
"""

SHOP: Final = """
product_availability_context =
    j'ai vu {un_produit} dans la boutique {date}. | je cherche {un_produit}. | il me le faut pour {jour}.
    le site n'en dit rien. | je passerais au magasin {jour}.
product_availability_short =
    en stock ? | {produit} en stock ? | {produit} disponible ? | rupture de stock ? | il reste {un_produit} ?
    stock {produit} | {produit} dispo ? | de retour quand ?
product_availability_ask =
    3* vous avez {un_produit} [en stock] ? | est-ce que {offre} est [encore|toujours] (disponible|en stock|dispo) ?
    2* quand est-ce que {offre} sera de retour (en stock|en magasin) ?
    vous avez {offre} (dans une autre couleur|en {autre_couleur}|en taille {taille_seule}) ?
    il en reste combien, {offre} ? | {pouvez_vous} regarder si {offre} est en stock ?
    je ne trouve pas {un_produit} sur le site. | {je_peux} (réserver|précommander) {un_produit} ?
    {pouvez_vous} me prévenir quand {offre} revient ?
    vous avez {offre} en magasin (aujourd'hui|{jour}|cette semaine) ?
    je veux acheter {un_produit}, vous en avez ? | est-ce que {offre} du site est aussi en magasin ?
    {je_peux} encore commander {offre} en {autre_couleur} ? | {offre}, c'est (sold out|épuisé|en rupture) ?
    avant que je (commande|vienne au magasin), est-ce que {offre} est vraiment là ?
taille_seule = {n} | S | M | L | XL
opening_hours_context =
    je passerais {jour}. | je travaille jusqu'à {heure} h. | j'habite à une heure de route.
    je dois passer prendre un truc.
    le site n'affiche pas les mêmes horaires que la porte. | je suis venu {date} et c'était fermé.
opening_hours_short =
    horaires | ouvert aujourd'hui ? | ouvert {jour} ? | heures d'ouverture | ça ferme quand | fermé {jour} ?
    ouvert là ? | ouvert jusqu'à quand | horaires {jour} | open {jour} ?
opening_hours_ask =
    3* (quand est-ce que|à quelle heure) vous (ouvrez|fermez)[ {jour}| aujourd'hui] ? | vous êtes ouverts {jour} ?
    2* quels sont vos horaires [d'ouverture] ?
    est-ce que le magasin est ouvert (aujourd'hui|{jour}|les jours fériés) ?
    c'est ouvert jusqu'à quelle heure (aujourd'hui|{jour}|en semaine) ? | vous fermez le midi ?
    {pouvez_vous} me donner (les horaires|les horaires de {jour}) ? | {je_peux} passer après {heure} h ?
    la boutique est ouverte pendant les (fêtes|vacances|soldes) ? | c'est quoi les horaires du magasin du centre ?
    on peut (récupérer|rapporter|retirer) quelque chose au magasin de quelle heure à quelle heure {jour} ?
    jusqu'à quelle heure on peut (appeler|joindre) (le service client|quelqu'un|la hotline) {jour} ?
    les horaires changent en (été|hiver|{mois}) ? | jusqu'à quand {je_peux_seul} venir au magasin {jour} ?
je_peux_seul = je peux | on peut
speak_to_human_context = {order_context}
    j'ai attendu {quelques} heures. | j'ai déjà expliqué {quelques} fois.
    c'est pour (mon remboursement|mon paiement|ma commande|mon adresse).
speak_to_human_short =
    humain | conseiller | un conseiller {svp} | vraie personne | parler à quelqu'un | opérateur | {appelez_moi}
    service client | pas un robot | numéro de téléphone ?
speak_to_human_ask =
    3* {je_veux} parler (à (un humain|quelqu'un|une vraie personne|un conseiller|un employé)|au service client).
    {pouvez_vous} me (passer|mettre en relation avec) (un humain|un conseiller|quelqu'un de compétent) ?
    {passez_moi} (un humain|un conseiller|quelqu'un) {svp}. | {pouvez_vous} me faire rappeler[ pour {commande}] ?
    2* {je_peux} parler à (quelqu'un|une personne) pour (mon remboursement|ma commande|mon paiement|un retour) ?
    il y a un (numéro|téléphone) pour joindre (quelqu'un|une personne) ? | je ne suis pas compris, je veux un humain.
    stop aux réponses automatiques, {je_veux} parler à un humain.
    {etes_vous} un (bot|robot) ? {je_veux} parler à une personne. | il y a quelqu'un qui n'est pas une machine ?
    (personne ne répond|pas de réponse) pour (mon remboursement|l'annulation|mon paiement), je veux parler à quelqu'un.
    je ne veux pas (annuler|renvoyer ça|modifier ça) avec un bot, {passez_moi} un employé.
    qui est-ce que je peux appeler ?
    {je_veux} faire une réclamation auprès d'un (responsable|manager|chef).
"""
