"""Agreement equals its definitions and the published examples; what is undefined has a reason and no number."""

from collections import defaultdict
from fractions import Fraction
from itertools import combinations, permutations
from time import perf_counter
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask

from catalog.agreement import (
    MAX_PAIRS,
    Coefficient,
    Dispute,
    ImageDisagreement,
    Ratings,
    TagAgreement,
    TooManyRatingsError,
    Undefined,
    most_disputed,
    tag_agreements,
)

Said = dict[tuple[int, str], dict[int, bool]]
"""Image and author -> tag -> whether it is present; a tag that is missing is unknown."""

CAT, DOG, BIRD = range(3)
AUTHORS = ["Ana", "Ben", "Cleo", "Dan"]
statements = st.dictionaries(
    st.tuples(st.integers(0, 5), st.sampled_from(AUTHORS)),
    st.dictionaries(st.sampled_from([CAT, DOG, BIRD]), st.booleans()),
)


def gather(said: Said) -> Ratings:
    ratings = Ratings()
    for (image, author), tags in said.items():
        present = frozenset(UUID(int=tag) for tag in tags if tags[tag])
        ratings.add(UUID(int=image), author, present, frozenset(UUID(int=tag) for tag in tags))
    return ratings


def columns(tag: int = CAT, **authors: str) -> Said:
    """One author a row and one image a character, as the literature prints it: 1, 0 or a dot for unknown."""
    return {
        (image, author): {tag: value == "1"}
        for author, values in authors.items()
        for image, value in enumerate(values)
        if value != "."
    }


def only(said: Said) -> TagAgreement:
    (agreement,) = tag_agreements(gather(said))
    return agreement


def units(said: Said, tag: int) -> dict[int, dict[str, bool]]:
    found: defaultdict[int, dict[str, bool]] = defaultdict(dict)
    for (image, author), tags in said.items():
        if tag in tags:
            found[image][author] = tags[tag]
    return {image: values for image, values in found.items() if len(values) > 1}


def alpha_by_definition(said: Said, tag: int) -> Fraction | None:
    """One less observed over expected disagreement, over every ordered pair of ratings, exactly."""
    shared = units(said, tag)
    pooled = [value for values in shared.values() for value in values.values()]
    observed = sum(
        Fraction(sum(one != other for one, other in permutations(values.values(), 2)), len(values) - 1)
        for values in shared.values()
    )
    expected = sum(one != other for one, other in permutations(pooled, 2))
    return 1 - Fraction(observed * (len(pooled) - 1), expected) if expected else None


def raw_by_definition(said: Said, tag: int) -> Fraction | None:
    """The mean over the images of the share of pairs of ratings that agree."""
    pairs = [list(combinations(values.values(), 2)) for values in units(said, tag).values()]
    shares = [Fraction(sum(one == other for one, other in unit), len(unit)) for unit in pairs]
    return sum(shares, start=Fraction()) / len(shares) if shares else None


def kappa_by_definition(said: Said, tag: int, first: str, second: str) -> Fraction | None:
    pairs = [
        (values[first], values[second]) for values in units(said, tag).values() if {first, second} <= values.keys()
    ]
    if not pairs:
        return None
    count = len(pairs)
    observed = Fraction(sum(one == other for one, other in pairs), count)
    chance = sum(
        Fraction(sum(one == value for one, _ in pairs), count)
        * Fraction(sum(other == value for _, other in pairs), count)
        for value in (True, False)
    )
    return (observed - chance) / (1 - chance) if chance != 1 else None


def approximately(exact: Fraction | None) -> object:
    return None if exact is None else pytest.approx(float(exact), abs=1e-12)


def test_alpha_of_krippendorffs_binary_example() -> None:
    agreement = only(columns(Meg="0100000010", Owen="1110010000"))
    assert agreement.alpha.value == pytest.approx(0.095, abs=5e-4)
    assert (agreement.images, agreement.ratings) == (10, 20)
    assert agreement.raw_agreement == pytest.approx(0.6)


def test_the_librarys_alpha_of_krippendorffs_example_with_missing_values() -> None:
    table = {"A": "123321412...", "B": "1233224125.3", "C": ".3332342251.", "D": "12332441251."}
    data = [(author, item, value) for author, row in table.items() for item, value in enumerate(row) if value != "."]
    assert AnnotationTask(data).alpha() == pytest.approx(0.743, abs=5e-4)


def test_kappa_of_the_textbook_example() -> None:
    (pair,) = only(columns(Ben="1" * 25 + "0" * 25, Ana="1" * 20 + "0" * 5 + "1" * 10 + "0" * 15)).pairs
    assert (pair.authors, pair.images, pair.raw_agreement) == (("Ana", "Ben"), 50, 0.7)
    assert pair.kappa.value == pytest.approx(0.4)


@settings(deadline=None)
@given(statements)
def test_every_number_equals_its_definition(said: Said) -> None:
    for agreement in tag_agreements(gather(said)):
        tag = agreement.tag.int
        shared = units(said, tag)
        assert agreement.images == len(shared)
        assert agreement.ratings == sum(tag in tags for tags in said.values())
        assert agreement.raw_agreement == approximately(raw_by_definition(said, tag))
        assert agreement.alpha.value == approximately(alpha_by_definition(said, tag))
        for pair in agreement.pairs:
            assert pair.kappa.value == approximately(kappa_by_definition(said, tag, *pair.authors))
            assert pair.images == sum(set(pair.authors) <= values.keys() for values in shared.values())
        assert {pair.authors for pair in agreement.pairs} == {
            pair for values in shared.values() for pair in combinations(sorted(values), 2)
        }


@settings(deadline=None)
@given(statements)
def test_a_coefficient_has_either_a_value_or_a_reason(said: Said) -> None:
    for agreement in tag_agreements(gather(said)):
        kappas = [pair.kappa for pair in agreement.pairs]
        for coefficient in [agreement.alpha, agreement.mean_kappa, *kappas]:
            assert (coefficient.value is None) == (coefficient.undefined is not None)
            assert coefficient.value is None or -1 <= coefficient.value <= 1


@settings(deadline=None)
@given(statements, st.permutations(range(6)), st.permutations(AUTHORS))
def test_who_is_who_and_the_order_of_images_do_not_matter(said: Said, images: list[int], authors: list[str]) -> None:
    names = dict(zip(AUTHORS, authors))
    renamed = {(images[image], names[author]): tags for (image, author), tags in reversed(said.items())}
    for one, other in zip(tag_agreements(gather(said)), tag_agreements(gather(renamed))):
        assert (one.tag, one.images, one.ratings) == (other.tag, other.images, other.ratings)
        for name in ("alpha", "mean_kappa"):
            before, after = getattr(one, name), getattr(other, name)
            assert before.undefined == after.undefined
            assert before.value == (None if after.value is None else pytest.approx(after.value, abs=1e-12))


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=2).filter(lambda truth: len(set(truth)) == 2), st.integers(2, 4))
def test_those_who_always_agree_agree_perfectly(truth: list[bool], authors: int) -> None:
    agreement = only({(image, name): {CAT: cat} for image, cat in enumerate(truth) for name in AUTHORS[:authors]})
    assert (agreement.alpha.value, agreement.mean_kappa.value, agreement.raw_agreement) == (1, 1, 1)


def test_mean_kappa_weights_the_pairs_by_their_images() -> None:
    agreement = only(columns(Ana="110011", Ben="110001", Cleo="10....", Dan="..0..."))
    assert {pair.authors: (pair.images, pair.kappa.value) for pair in agreement.pairs} == {
        ("Ana", "Ben"): (6, pytest.approx(2 / 3)),
        ("Ana", "Cleo"): (2, 0),
        ("Ana", "Dan"): (1, None),
        ("Ben", "Cleo"): (2, 0),
        ("Ben", "Dan"): (1, None),
    }
    assert agreement.mean_kappa.value == pytest.approx((6 * 2 / 3 + 2 * 0 + 2 * 0) / 10)


def test_one_author_alone_agrees_with_nobody() -> None:
    agreement = only(columns(Ana="1100"))
    nothing = Coefficient(None, Undefined.NOTHING_SHARED)
    assert (agreement.alpha, agreement.mean_kappa, agreement.pairs) == (nothing, nothing, ())
    assert (agreement.images, agreement.ratings, agreement.raw_agreement) == (0, 4, None)


@pytest.mark.parametrize("unshared", ["", "0", "1"])
def test_where_all_that_can_be_compared_is_the_same_there_is_no_coefficient(unshared: str) -> None:
    agreement = only(columns(Ana="111" + unshared, Ben="111"))
    one_value = Coefficient(None, Undefined.ONE_VALUE)
    assert (agreement.alpha, agreement.mean_kappa, agreement.pairs[0].kappa) == (one_value,) * 3
    assert agreement.raw_agreement == 1


def test_nothing_rated_is_no_agreement() -> None:
    assert tag_agreements(Ratings()) == []
    assert most_disputed(Ratings(), 10) == []


def test_beyond_so_many_pairs_of_authors_alpha_remains() -> None:
    agreement = only({(image, f"{author}"): {CAT: image == 0} for image in range(2) for author in range(102)})
    assert MAX_PAIRS < 102 * 101 / 2
    assert agreement.alpha.value == 1
    assert (agreement.mean_kappa, agreement.pairs) == (Coefficient(None, Undefined.TOO_MANY_PAIRS), ())


def test_a_present_tag_is_a_rating_even_if_nobody_looked_for_it() -> None:
    ratings = Ratings()
    image, cat, dog = map(UUID, ("0" * 31 + digit for digit in "012"))
    ratings.add(image, "Ana", frozenset({cat}), frozenset({dog}))
    ratings.add(image, "Ben", frozenset(), frozenset({cat, dog}))
    assert {agreement.tag: agreement.raw_agreement for agreement in tag_agreements(ratings)} == {cat: 0, dog: 1}


def test_too_many_ratings_are_refused() -> None:
    ratings = Ratings(max_ratings=4)
    cat, dog = UUID(int=CAT), UUID(int=DOG)
    for author in ("Ana", "Ben"):
        ratings.add(UUID(int=0), author, frozenset({cat}), frozenset({cat, dog}))
    with pytest.raises(TooManyRatingsError, match=r"More than 4 ratings .* narrow the filter"):
        ratings.add(UUID(int=0), "Cleo", frozenset({cat}), frozenset())


def test_an_author_has_one_latest_labeling_of_an_image() -> None:
    ratings = gather(columns(Ana="1"))
    with pytest.raises(ValueError, match="'Ana' has two labelings"):
        ratings.add(UUID(int=0), "Ana", frozenset(), frozenset({UUID(int=CAT)}))


def test_the_most_disputed_images_come_first_with_who_said_what() -> None:
    ratings = gather(
        {
            (0, "Ana"): {CAT: True, DOG: True},
            (0, "Ben"): {CAT: True, DOG: False, BIRD: True},
            (1, "Ana"): {CAT: True, DOG: False},
            (1, "Ben"): {CAT: False, DOG: True},
            (2, "Ana"): {CAT: True},
            (2, "Ben"): {CAT: False},
            (2, "Cleo"): {CAT: True},
            (3, "Ana"): {CAT: True},
            (3, "Ben"): {CAT: False},
            (4, "Ana"): {CAT: True},
            (4, "Ben"): {CAT: True},
        }
    )
    image, cat, dog = UUID(int=1), UUID(int=CAT), UUID(int=DOG)
    worst, *others = most_disputed(ratings, 10)
    assert worst == ImageDisagreement(image, 1, 2, (Dispute(cat, ("Ana",), ("Ben",)), Dispute(dog, ("Ben",), ("Ana",))))
    assert [(other.image.int, other.score, other.tags) for other in others] == [
        (3, 1, 1),
        (2, pytest.approx(2 / 3), 1),
        (0, pytest.approx(1 / 2), 2),
    ]
    assert others[1].disputes == (Dispute(cat, ("Ana", "Cleo"), ("Ben",)),)
    assert most_disputed(ratings, 1) == [worst]


def test_ten_thousand_images_take_no_time_that_grows_with_their_square() -> None:
    said = columns(Ana="10" * 5_000, Ben="1000" * 2_500, Cleo="1110" * 2_500)
    ratings = gather(said)
    started = perf_counter()
    tag_agreements(ratings)
    most_disputed(ratings, 50)
    assert perf_counter() - started < 3
