"""What has nothing to do with the shop, in English; some of it sounds as if it had."""

from typing import Final

SEEN: Final = """
city = Berlin | Lyon | Lisbon | Dublin | Rome | Vienna | Oslo | Brussels | Geneva | Porto
weather_ask =
    what's the weather like (today|tomorrow|on {weekday}|in {city})?
    will it (rain|snow|be sunny) (tomorrow|on {weekday})?
    how (cold|warm|windy) is it in {city}[ right now]? | do I need an umbrella (today|on {weekday}|in {city})?
    is there a storm coming {weekday}? | what temperature will it be in {city} on {weekday}? | it's so (hot|cold) today.
    when does the sun (rise|set) in {city}? | how long will this (heatwave|cold spell|fog) last?
sport = football | rugby | tennis | handball | basketball | cycling
sports_ask =
    who won the {sport} (match|game|final) {date}? | when is the next {sport} (match|game)?
    what was the {sport} score?
    which team is first in the {sport} league? | who is the best {sport} player of the year?
    what channel is the {sport} on this {weekday}? | how many players are in a {sport} team?
    I play {sport} every {weekday}, do you? | how long does a {sport} (match|game) last?
small_talk_ask =
    tell me a joke[ about (cats|bots|{weekday}s)]. | how old are you?
    what's your favourite (colour|film|food|song|animal)?
    do you (dream|sleep|have feelings|like music|get bored)? | what's the meaning of life? | sing me a song.
    who (made|built|programmed) you? | I'm (bored|sad|in love|tired) today. | are you (single|married|happy)?
    what do you think of (politics|football|humans|{city})? | you are (funny|silly|clever|sweet). | ha ha ha good one.
dish = pancakes | lasagne | onion soup | apple pie | pizza dough | ratatouille | curry | waffles | risotto
recipes_ask =
    how do I (make|cook|bake) {dish}? | what do I need for {dish}? | how long does it take to cook {dish}?
    (do you have|give me) a [(quick|simple|vegan)] recipe for {dish}? | how many eggs go into {dish}?
    what can I cook with (potatoes|rice|eggs|leeks) and (cheese|tomatoes|cream)? | which wine goes with {dish}?
    can I (freeze|reheat) {dish}? | can I replace butter with oil in {dish}?
genre = comedy | thriller | western | documentary | horror film | love story
films_ask =
    can you recommend a [good] {genre}? | what's on at the cinema (tonight|on {weekday})? | is there a good {genre} on?
    which film won the most awards in (19|20){d}{d}? | who (wrote|directed) that {genre} with the (dog|train|ship)?
    how does the {genre} from {weekday} end? | I want to watch a {genre} with (kids|my mum|friends).
    play some (jazz|rock).
bookings_ask =
    {i_want} cancel my (hotel|flight|train ticket|table) for {weekday}. | {can_i} change my (flight|train) to {city}?
    when do I get the refund for my cancelled (flight|concert|train)?
    book me a (table|room|taxi) for {few} on {weekday}.
    where is my (taxi|bus|train)? | is the (museum|library|post office|swimming pool) open on {weekday}?
    my (flight|train) to {city} is late, do I get money back? | is there a free room in {city} on {weekday}?
    how do I return the rental car in {city}? | what's the fare to {city}?
"""

NEW: Final = """
language = Python | Java | JavaScript | SQL | Rust | C++
code_ask =
    how do I (sort|reverse|copy) a list in {language}?
    write me a {language} function that (adds|compares) two numbers.
    why does my {language} (code|program|script) crash? | what is the difference between {language} and {language}?
    (explain|what is) recursion[ in {language}]? | how do I read a file in {language}?
    what does this error in {language} mean?
    can you debug my {language} loop? | is {language} hard to learn?
ache = headache | sore throat | stomach ache | cold | fever | toothache
health_ask =
    what helps against (a|my) {ache}? | I've had a {ache} since {weekday}, should I see a doctor?
    how (much|long) should I sleep? | how many (calories|vitamins) are in an apple?
    is it bad to drink coffee with a {ache}?
    which doctor treats a {ache}? | how do I lose {few} kilos? | can I do sports with a {ache}?
plant = tomatoes | roses | tulips | herbs | strawberries | cucumbers
gardening_ask =
    when (do|should) I plant {plant}? | how often (do|should) I water {plant}?
    why are the leaves of my {plant} yellow?
    can {plant} grow on a balcony? | what eats my {plant}? | how do I protect {plant} from frost in {month}?
    do {plant} need a lot of sun? | how do I prune {plant}?
sums_ask =
    what is {n}{d} (times|plus|minus|divided by) {n}{d}?
    how many (metres|inches|feet) are {n}{d} (miles|yards|kilometres)?
    what's the square root of {n}{d}{d}? | how much is {n}{d} percent of {n}{d}{d}? | is {n}{d}{n} a prime number?
    how old is someone born in 19{n}{d}? | solve x + {n}{d} = {n}{d}{d} for me. | what's {n}{d} pounds in dollars?
contract = gym membership | phone contract | newspaper subscription | insurance | electricity contract | library card
subscriptions_ask =
    {i_want} cancel my {contract}. | my {contract} was charged (for {month}|again), why? | {can_i} change my {contract}?
    when does my {contract} (end|renew)? | where do I send the new address for my {contract}?
    how do I get my money back from my {contract}? | my {contract} is too expensive, what else is there?
"""
