"""What every French message may hold: slots, politeness, detours, and what depends on vous or tu and on the gender."""

from typing import Final

SLOTS: Final = """
d = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9
n = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9
chiffres = {n}{d}{d}{d}{d} | {n}{d}{d}{d}{d}{d}
numero := 3* n°{chiffres} | 3* {chiffres} | numéro {chiffres} | A{d}{d}-{chiffres}
quelques = deux | trois | quatre | cinq | six
jour = lundi | mardi | mercredi | jeudi | vendredi | samedi | dimanche
mois = janvier | février | mars | avril | mai | juin | juillet | septembre | octobre | novembre | décembre
quantieme = 1er | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 1{d} | 20 | 2{n}
heure = 17 | 18 | 19 | 20
date =
    hier | ce matin | la semaine dernière | il y a une semaine | le mois dernier | l'autre jour | avant-hier
    {jour} dernier | il y a {quelques} jours | il y a {quelques} semaines | le {quantieme} {mois} | le {day}/{n}
day = {n} | 1{d} | 2{n}
montant := {n}{d} euros | {n}{d} € | {n}{d},{d}{d} euros | {n}{d},{d}{d} € | {n}{n}{d}€ | {n}{d}€
autre_couleur := gris | jaune | rose | marron | orange
taille = taille {n} | S | M | L | XL
autre_chose =
    un chargeur | une carte cadeau | une housse | un câble | deux verres | un couvercle | une pièce en plus
le_produit =
    4* {le} {produit} | 2* {mon} {produit} | 2* {mon} {nouveau} {produit} | 2* {ce} {produit}
    2* {le} {produit} {couleur}
du_produit = {du} {produit} | de {mon} {produit}
un_produit = 2* {un} {produit} | {un} {produit} {couleur}
offre = {le} {produit} | {ce} {produit} | {le} {produit} {couleur}
commande =
    7* ma commande | 2* la commande | la commande {numero} | ma commande {numero} | ma commande de {jour} dernier
    la commande que j'ai passée {date}
colis =
    5* mon colis | 2* mon paquet | le colis | mon colis {numero} | mon colis avec {le_produit}
    l'article que j'ai commandé {date}
    le colis de la commande {numero} | mon order
"""

MANNERS: Final = """
thanks =
    4* merci | 2* merci d'avance | merci beaucoup | {svp} | {merci_aide} | cordialement | bonne journée | bien à vous
opener =
    petite question : | désolé de déranger mais | alors voilà, | pardon, | euh, | bon, | {svp}, | urgent !
    help ! | une question rapide : | {dites}, | c'est urgent,
ramble =
    je suis client depuis {quelques} ans et c'est la première fois que j'écris.
    j'ai déjà cherché partout sur le site et je n'ai rien trouvé là-dessus.
    désolé si ce n'est pas le bon endroit, je ne suis pas très doué avec tout ça.
    l'appli me fait tourner en rond alors j'essaie ici.
    j'écris depuis mon téléphone, pardon pour les fautes.
    c'était pour un cadeau (d'anniversaire|de Noël|de mariage), du coup c'est un peu (gênant|stressant).
    (ma sœur|mon frère|ma voisine|un collègue) m'a dit de demander ici, donc me voilà.
    je travaille toute la journée et je ne peux pas (appeler|attendre au téléphone).
    d'habitude tout se passe bien chez vous, il faut le dire.
    franchement je commence à en avoir (marre|assez).
    j'ai déjà écrit {date} et je n'ai pas eu de réponse.
    je ne veux pas faire d'histoires, je voudrais juste savoir où j'en suis.
je_veux =
    3* je veux | 3* je voudrais | 2* j'aimerais | je souhaite | je dois | je souhaiterais | il faut que je puisse
je_peux =
    2* est-ce que je peux | 2* je peux | puis-je | est-ce que je pourrais | je pourrais | est-ce qu'on peut | on peut
comment =
    3* comment | 2* comment faire pour | comment je fais pour | comment puis-je | où est-ce que je peux
    il faut faire quoi pour | comment on fait pour
order_context =
    j'ai commandé {un_produit} {date}. | mon numéro de commande est le {chiffres}. | (commande|réf) {numero}.
    c'est pour la commande {numero}. | j'ai acheté {un_produit} {date} pour {montant}. | j'ai passé commande {date}.
    il s'agit {du_produit}, commande {numero}. | il y en avait pour {montant} au total.
"""

VOUS: Final = """
hello = 6* bonjour | 2* bonsoir | bonjour madame, monsieur | rebonjour | bonjour à tous | hello
svp = s'il vous plaît | svp
merci_aide = merci de votre aide | merci pour votre réponse | je vous remercie
pouvez_vous = 2* pouvez-vous | 2* vous pouvez | est-ce que vous pouvez | pourriez-vous | vous pourriez
dites = dites-moi
annulez = annulez | veuillez annuler
nannulez = n'annulez
changez = changez | modifiez
ne_changez = ne changez
utilisez = utilisez | mettez
comment_ca_va = comment allez-vous | vous allez bien
aidez_moi = pouvez-vous m'aider | vous pouvez m'aider
une_minute = vous avez (une minute|un instant)
etes_la = vous êtes là
etes_vous = vous êtes | êtes-vous | est-ce que vous êtes
passez_moi = passez-moi
appelez_moi = rappelez-moi
passez = passez
donnez = donnez-moi | vous avez
reservez = réservez-moi
expliquez = expliquez-moi
ecrivez = écrivez-moi
bavardage =
    racontez-moi une blague[ sur (les chats|les robots|le {jour})]. | quel âge avez-vous ? | chantez-moi une chanson.
    c'est quoi (votre film|votre plat|votre animal) préféré ?
    est-ce que vous (rêvez|dormez|aimez la musique|avez des sentiments|vous ennuyez) ?
    qui vous a (créé|programmé|inventé) ? | vous êtes (célibataire|marié|heureux) ?
    vous pensez quoi (de la politique|du foot|des humains) ? | vous êtes (drôle|bête|malin|mignon).
"""

TU: Final = """
hello = 4* salut | 3* coucou | 2* bonjour | hello | hey | yo
svp = s'il te plaît | stp
merci_aide = merci de ton aide | merci pour ta réponse | je te remercie
pouvez_vous = 3* tu peux | 2* peux-tu | est-ce que tu peux | tu pourrais
dites = dis-moi
annulez = annule
nannulez = n'annule
changez = change | modifie
ne_changez = ne change
utilisez = utilise | mets
comment_ca_va = comment tu vas | comment vas-tu | tu vas bien
aidez_moi = tu peux m'aider | peux-tu m'aider
une_minute = tu as (une minute|un instant)
etes_la = tu es là | t'es là
etes_vous = tu es | t'es | est-ce que tu es
passez_moi = passe-moi
appelez_moi = rappelle-moi
passez = passe
donnez = donne-moi | tu as
reservez = réserve-moi
expliquez = explique-moi
ecrivez = écris-moi
bavardage =
    raconte-moi une blague[ sur (les chats|les robots|le {jour})]. | quel âge as-tu ? | chante-moi une chanson.
    c'est quoi (ton film|ton plat|ton animal) préféré ?
    est-ce que tu (rêves|dors|aimes la musique|as des sentiments|t'ennuies) ?
    qui t'a (créé|programmé|inventé) ? | tu es (célibataire|marié|heureux) ?
    tu penses quoi (de la politique|du foot|des humains) ? | tu es (drôle|bête|malin|mignon).
"""

MASCULINE: Final = """
le = le
un = un
du = du
mon = mon
ce = ce
nouveau = nouveau
couleur := noir | blanc | bleu | rouge | vert
produit :=
    grille-pain | sac à dos | casque | clavier | tapis | pull | manteau | sèche-cheveux | miroir | mixeur | blouson
    tapis de yoga | sac de couchage | portefeuille
"""

FEMININE: Final = """
le = la
un = une
du = de la
mon = ma
ce = cette
nouveau = nouvelle
couleur := noire | blanche | bleue | rouge | verte
produit :=
    bouilloire | lampe de bureau | veste d'hiver | machine à café | coque de téléphone | tente | couverture | valise
    montre | poêle | chaise de bureau | table basse | ceinture | robe
"""

SHORTHAND: Final = {
    "bonjour": "bjr",
    "bonsoir": "bsr",
    "salut": "slt",
    "coucou": "cc",
    "quand": "qd",
    "pourquoi": "pk",
    "combien": "cb",
    "toujours": "tjs",
    "vous": "vs",
    "commande": "cmd",
    "problème": "pb",
    "quelqu'un": "qqn",
    "pour": "pr",
    "dans": "ds",
    "merci": "mrc",
    "c'est": "c",
    "beaucoup": "bcp",
}
