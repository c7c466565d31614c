"""What has nothing to do with the shop, in French; some of it sounds as if it had."""

from typing import Final

SEEN: Final = """
ville = Berlin | Lyon | Lisbonne | Dublin | Rome | Vienne | Bruxelles | Genève | Porto | Nantes
weather_ask =
    il fait quel temps (aujourd'hui|demain|{jour}|à {ville}) ?
    est-ce qu'il va (pleuvoir|neiger|faire beau) (demain|{jour}) ?
    il fait combien à {ville} ? | il faut un parapluie (aujourd'hui|{jour}|à {ville}) ? | quelle chaleur aujourd'hui.
    quelle température fera-t-il à {ville} {jour} ? | il y a une tempête prévue {jour} ? | qu'est-ce qu'il fait froid.
    le soleil se (lève|couche) à quelle heure à {ville} ? | ça va durer, (cette canicule|ce brouillard|ce vent) ?
sport = foot | rugby | tennis | handball | basket | cyclisme
sports_ask =
    qui a gagné le match de {sport} {date} ? | c'est quand le prochain match de {sport} ?
    c'était quoi le score du {sport} ?
    quelle équipe est première en {sport} ? | qui est le meilleur joueur de {sport} cette année ?
    c'est sur quelle chaîne, le {sport} de {jour} ? | il y a combien de joueurs dans une équipe de {sport} ?
    je fais du {sport} tous les {jour}s. | ça dure combien de temps, un match de {sport} ?
small_talk_ask =
    6* {bavardage} | c'est quoi le sens de la vie ? | je suis (triste|amoureux|fatigué) aujourd'hui. | je m'ennuie.
    ha ha ha elle est bonne. | j'ai fait un (drôle de|mauvais|beau) rêve cette nuit. | {ville}, c'est joli ?
plat = crêpes | lasagnes | gaufres | quiches | madeleines | pâtes fraîches | pommes dauphine
recipes_ask =
    comment (faire|préparer|réussir) des {plat} ? | il faut quoi pour faire des {plat} ?
    ça cuit combien de temps, les {plat} ?
    {donnez} une recette [(simple|rapide|végane)] de {plat} ? | combien d'œufs pour les {plat} ?
    on mange quoi avec (des pommes de terre|du riz|des œufs|des poireaux) et (du fromage|des tomates|de la crème) ?
    quel vin va avec les {plat} ? | je peux (congeler|réchauffer) des {plat} ?
genre = comédie | série policière | romance | série comique
films_ask =
    {pouvez_vous} me conseiller une [bonne] {genre} ? | il y a quoi au ciné (ce soir|{jour}) ?
    une bonne {genre} à la télé ?
    quel film a eu le plus de prix en (19|20){d}{d} ? | qui a écrit cette {genre} avec le (chien|train|bateau) ?
    comment finit la {genre} de {jour} ? | je veux regarder une {genre} avec (les enfants|ma mère|des amis).
    je voudrais écouter (du jazz|du rock|un peu de musique).
bookings_ask =
    {je_veux} annuler (mon hôtel|mon vol|mon billet de train|ma table) pour {jour}.
    {je_peux} modifier mon (vol|billet de train) pour {ville} ?
    {reservez} une (table|chambre) pour {quelques} {jour}.
    quand est-ce que je suis remboursé pour mon (vol|concert|train) annulé ? | où est mon (taxi|bus|train) ?
    est-ce que (la bibliothèque|la poste|la piscine) est ouverte {jour} ? | il y a une chambre libre à {ville} ?
    mon (vol|train) pour {ville} est en retard, je suis remboursé ? | ça coûte combien, le trajet pour {ville} ?
    comment rendre la voiture de location à {ville} ?
"""

NEW: Final = """
langage = Python | Java | JavaScript | SQL | Rust | C++
code_ask =
    comment (trier|inverser|copier) une liste en {langage} ?
    {ecrivez} une fonction {langage} qui compare deux nombres.
    pourquoi mon (code|programme|script) {langage} plante ? | c'est quoi la différence entre {langage} et {langage} ?
    ({expliquez}|c'est quoi) la récursion[ en {langage}] ? | comment lire un fichier en {langage} ?
    que veut dire cette erreur en {langage} ? | c'est dur à apprendre, {langage} ?
douleur = mal de tête | mal de gorge | mal de dos | rhume | mal de dents | torticolis
health_ask =
    quoi faire contre (un|mon) {douleur} ? | j'ai un {douleur} depuis {jour}, il faut voir un médecin ?
    il faut dormir combien d'heures ? | il y a combien de (calories|vitamines) dans une pomme ?
    c'est mauvais de boire du café avec un {douleur} ? | quel médecin soigne un {douleur} ?
    comment perdre {quelques} kilos ?
    on peut faire du sport avec un {douleur} ?
plante = tomates | roses | tulipes | fraises | courgettes | lavandes | framboises
gardening_ask =
    quand est-ce qu'on plante les {plante} ? | il faut arroser les {plante} tous les combien ?
    qui mange mes {plante} ?
    pourquoi les feuilles de mes {plante} jaunissent ? | les {plante} poussent sur un balcon ?
    comment protéger les {plante} du gel en {mois} ? | comment tailler les {plante} ?
    il faut du soleil pour les {plante} ?
sums_ask =
    combien font {n}{d} (fois|plus|moins|divisé par) {n}{d} ?
    ça fait combien de mètres, {n}{d} (miles|pieds|kilomètres) ?
    c'est quoi la racine carrée de {n}{d}{d} ? | combien font {n}{d} pour cent de {n}{d}{d} ?
    est-ce que {n}{d}{n} est premier ? | quel âge a quelqu'un né en 19{n}{d} ? | résous x + {n}{d} = {n}{d}{d}.
contrat = abonnement à la salle de sport | forfait de téléphone | abonnement au journal | contrat d'électricité
subscriptions_ask =
    {je_veux} (résilier|annuler) mon {contrat}. | mon {contrat} a été débité (en {mois}|encore une fois), pourquoi ?
    {je_peux} modifier mon {contrat} ? | il se termine quand, mon {contrat} ?
    où envoyer ma nouvelle adresse pour mon {contrat} ?
    comment me faire rembourser mon {contrat} ? | mon {contrat} est trop cher, il y a quoi d'autre ?
"""
