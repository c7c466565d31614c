"""Everyday English words and phrases that mostly say the same, in the form in which they stand for each other."""

from typing import Final

ALIKE: Final = (
    # asking
    ("help me with", "assist me with"), ("i want to", "i wish to", "i would like to"), ("how do i", "how can i"),
    ("is it possible to", "is there a way to"), ("for what reason", "why"), ("how long", "how much time"),
    ("how often", "how many times"), ("hello", "hi", "hey"), ("goodbye", "bye"),
    ("i am unable to", "i cannot", "i am not able to"), ("explain", "clarify"),
    # doing
    ("buying", "purchasing"), ("began", "started"), ("repair", "fix"), ("repaired", "fixed"), ("repairing", "fixing"),
    ("look for", "search for"), ("looking for", "searching for"), ("choose", "select"), ("chose", "selected"),
    ("happen", "occur"), ("happened", "occurred"), ("happens", "occurs"), ("verify", "confirm"),
    ("verified", "confirmed"), ("throw away", "discard"), ("remove", "get rid of"), ("delete", "erase"),
    ("deleted", "erased"), ("requires", "needs"), ("allowed", "permitted"), ("allow", "permit"),
    ("completed", "finished"), ("notify", "inform"), ("make sure", "ensure"), ("stopped", "ceased"),
    ("cancelled", "called off"), ("declined", "rejected", "refused"), ("locate", "find"), ("speaking", "talking"),
    # things
    ("errors", "mistakes"), ("error", "mistake"), ("problem", "difficulty"), ("problems", "difficulties"),
    ("vehicle", "car"), ("vehicles", "cars"), ("movie", "film"), ("movies", "films"), ("vacation", "holiday"),
    ("photo", "picture"), ("photos", "pictures"), ("physician", "doctor"), ("children", "kids"), ("taxi", "cab"),
    ("airplane", "plane"), ("cash machine", "atm"), ("fees", "charges"), ("somebody", "someone"), ("anybody", "anyone"),
    ("everybody", "everyone"), ("nobody", "no one"), ("kind of", "type of"), ("a lot of", "lots of"),
    ("cell phone", "mobile phone"), ("grocery store", "supermarket"),
    # what they are like
    ("large", "big"), ("larger", "bigger"), ("largest", "biggest"), ("easiest", "simplest"), ("incorrect", "wrong"),
    ("strange", "odd", "weird"), ("angry", "upset"), ("tired", "exhausted"), ("funny", "amusing"),
    ("intelligent", "smart"), ("beautiful", "lovely"), ("terrible", "awful"), ("closest", "nearest"),
    ("additional", "extra"), ("delicious", "tasty"), ("damaged", "broken"), ("nearby", "close by", "around here"),
    ("inexpensive", "cheap"), ("rapidly", "quickly"),
    # when and how
    ("immediately", "right away", "at once"), ("currently", "at present", "at the moment"), ("soon", "shortly"),
    ("frequently", "often"), ("usually", "normally"), ("maybe", "perhaps"), ("approximately", "roughly"),
    ("instead of", "rather than"), ("until", "till"), ("once more", "once again"), ("recently", "lately"),
    ("entirely", "completely", "totally"), ("in order to", "so as to"), ("every day", "daily"),
    ("every week", "weekly"), ("every month", "monthly"), ("every year", "yearly"), ("overseas", "abroad"),
)  # fmt: skip
"""Groups of which each may take the place of any other."""

INSTEAD: Final = {
    "please": ("kindly",), "let me know": ("tell me",), "i need to": ("i have to",), "show me": ("let me see",),
    "could i": ("may i",), "thank you": ("thanks", "many thanks"), "thanks": ("thank you",),
    "give me": ("provide me with",), "can you": ("could you", "would you"), "could you": ("can you", "would you"),
    "would you": ("could you",), "how come": ("why is it that",), "buy": ("purchase",), "bought": ("purchased",),
    "purchased": ("bought",), "obtain": ("get", "acquire"), "acquire": ("get", "obtain"), "received": ("got",),
    "begin": ("start",), "found": ("located",), "happening": ("going on",), "increase": ("raise",),
    "decrease": ("reduce", "lower"), "reduce": ("lower", "decrease"), "modify": ("change", "alter"),
    "replace": ("substitute",), "remember": ("recall",), "set up": ("arrange",), "assistance": ("help",),
    "assist": ("help",), "arrive": ("get here",), "arrived": ("got here",), "misplaced": ("lost",),
    "stolen": ("taken by a thief",), "advice": ("guidance",), "automobile": ("car",), "telephone": ("phone",),
    "quick": ("fast",), "huge": ("very large",), "tiny": ("very small",), "costly": ("expensive",),
    "expensive": ("costly",), "ill": ("sick",), "clever": ("smart",), "several": ("a few",), "sufficient": ("enough",),
    "accurate": ("exact",), "healthy": ("nutritious",), "great": ("excellent",), "regarding": ("about", "concerning"),
    "concerning": ("about", "regarding"), "because": ("since",), "however": ("but",), "although": ("though",),
    "also": ("as well",), "again": ("once more",), "truly": ("really",), "swiftly": ("quickly",),
    "figure out": ("work out",), "find out": ("discover",), "uncertain": ("not sure",), "unsure": ("not sure",),
}  # fmt: skip
"""Words that others may replace, but that may not replace these: they have other senses too."""
