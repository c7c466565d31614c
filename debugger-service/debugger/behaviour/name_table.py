"""Names that may stand for each other, none of which is also an everyday English word."""

from typing import Final

NAMES: Final = {
    "first name": (
        (
            "anna", "barbara", "beatrice", "caroline", "catherine", "deborah", "elizabeth", "emily", "emma", "fatima",
            "fiona", "hannah", "helen", "jennifer", "jessica", "julia", "karen", "katherine", "laura", "linda", "lisa",
            "maria", "margaret", "michelle", "monica", "nancy", "natalie", "nicole", "olivia", "patricia", "priya",
            "rachel", "rebecca", "samantha", "sarah", "sophia", "stephanie", "susan", "teresa", "vanessa",
        ),
        (
            "aaron", "adam", "ahmed", "alan", "alexander", "andrew", "anthony", "benjamin", "brian", "carlos",
            "charles", "christopher", "daniel", "david", "edward", "eric", "george", "gregory", "henry", "james",
            "jason", "john", "jonathan", "joseph", "kevin", "matthew", "michael", "nicholas", "oliver", "patrick",
            "paul", "peter", "richard", "robert", "samuel", "simon", "stephen", "steven", "thomas", "william",
        ),
    ),
    "city": (
        (
            "amsterdam", "athens", "atlanta", "baltimore", "bangkok", "barcelona", "beijing", "berlin", "boston",
            "brussels", "budapest", "cairo", "chicago", "copenhagen", "dallas", "denver", "detroit", "dublin",
            "edinburgh", "houston", "istanbul", "las vegas", "lisbon", "london", "los angeles", "madrid", "manchester",
            "melbourne", "mexico city", "miami", "milan", "minneapolis", "montreal", "moscow", "mumbai", "munich",
            "nairobi", "new delhi", "new orleans", "new york city", "oslo", "paris", "philadelphia", "portland",
            "prague", "rome", "san antonio", "san diego", "san francisco", "seattle", "seoul", "shanghai", "singapore",
            "stockholm", "sydney", "tokyo", "toronto", "vancouver", "vienna", "warsaw", "zurich",
        ),
    ),
    "country": (
        (
            "argentina", "australia", "austria", "belgium", "brazil", "cambodia", "canada", "colombia", "croatia",
            "denmark", "egypt", "finland", "france", "germany", "greece", "hungary", "iceland", "india", "indonesia",
            "ireland", "israel", "italy", "jamaica", "japan", "kenya", "malaysia", "mexico", "morocco", "nigeria",
            "norway", "pakistan", "peru", "poland", "portugal", "romania", "russia", "south africa", "spain", "sweden",
            "switzerland", "thailand", "ukraine", "vietnam",
        ),
    ),
}  # fmt: skip
"""By what they name, groups of which any may take the place of any other."""
