"""The words of names."""

from catalog.words import words_of


def test_a_name_is_found_by_its_words() -> None:
    assert words_of("IMG_2024-Straße.\uff21.jpg") == {"img", "2024", "strasse", "a", "jpg"}
    assert words_of("STRASSE") <= words_of("Straße 3")
    assert words_of("--- !") == set()
