"""Languages: catalogues are whole, pages hold nothing but messages, numbers have the separators of their language."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from publisher.catalogue.codelists import CODELISTS, codelist
from publisher.catalogue.load import load_plans, load_queries
from publisher.dp.levels import SUMMED
from publisher.dp.quality import QualityRules, quality_notes
from publisher.dp.words import ADDITIVE, DISTINCT, QUANTILE, UNPROTECTED
from publisher.errors import CatalogueError
from publisher.publication import write_site
from publisher.publication.numbers import in_words, size_words
from publisher.publication.speech import Speech, is_spoken, languages_of, place
from publisher.publication.words import ENGLISH, Untranslated, Words, catalogue, known_languages, words_for
from publisher.publication.words.catalogue import SHIPPED
from publisher.release.publish.index import place_in_series
from publisher.settings import Office, Workspace
from tests.lib.messages import PACKAGE, PSEUDO, accented, messages, said
from tests.lib.protected_samples import PERIOD, PLAN, VALUE, suppression_sample
from tests.lib.published_site import RELEASE, TOMBSTONE, build_site, write_sample

FR = words_for("fr")
PLACES = re.compile(r"%\((\w+)\)s")
TAGS = re.compile(r"<[^>]*>")
# Names, formats, addresses and codes that are the same in every language.
SAME = re.compile(
    r"[\w.-]+@[\w.-]+|https?:\S+|Asia/Seoul|statistics|CSV|Excel|Parquet|DuckDB|Python|pandas|polars|English|BibTeX|[A-Z_0-9]{2,}"
    r"|[\w-]+[.](?:csv|json|jsonld|py|html)|(?:discrete_)?gaussian\w*|sha256:\w+|[0-9a-f]{7,}|[a-z]+(?:_[a-z0-9]+)+"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("languages")
    build_site(folder, (ENGLISH, FR, PSEUDO))
    return folder


def pages(site: Path, language: str) -> list[Path]:
    found = [path for path in site.rglob("*.html") if language in path.relative_to(site).parts]
    assert len(found) > 20
    return found


@pytest.mark.parametrize("language", known_languages()[1:])
def test_a_catalogue_has_every_message_and_no_other(language: str) -> None:
    files = [path for path in (PACKAGE / "locale" / language).glob("*.po") if path.name != SHIPPED]
    read = [read_po(BytesIO(path.read_bytes()), locale=language, abort_invalid=True) for path in files]
    entries = [entry for catalogue in read for entry in catalogue if entry.id]
    assert len({entry.id for entry in entries}) == len(entries)  # none in two files
    assert not [entry.id for entry in entries if entry.fuzzy or not all(entry.string or ("",))]
    ids = {entry.id if isinstance(entry.id, str) else entry.id[0] for entry in entries}
    assert sorted(set(messages()) - ids) == []
    assert sorted(ids - set(messages())) == []


@pytest.mark.parametrize("language", known_languages()[1:])
def test_a_translation_has_the_places_and_the_tags_of_its_message(language: str) -> None:
    for english, forms in words_for(language).messages.items():
        for form in forms:
            places = set(PLACES.findall(english)) | ({"count"} if "%(count)s" in messages()[english] else set())
            assert set(PLACES.findall(form)) <= places, english
            assert sorted(TAGS.findall(form)) == sorted(TAGS.findall(english)), english
            assert form % dict.fromkeys(places, "x"), english
        assert set(PLACES.findall(english)) <= set(PLACES.findall(" ".join(forms))), english


@pytest.mark.parametrize("name", sorted(path.name for path in (PACKAGE / "locale" / "fr").iterdir()))
def test_french_has_its_narrow_spaces(name: str) -> None:
    """U+202F before ; : ! ? » and a per cent sign, and after «; an apostrophe that is one."""
    path = PACKAGE / "locale" / "fr" / name
    if path.suffix == ".po":
        entries = read_po(BytesIO(path.read_bytes()), locale="fr")
        texts = [
            form
            for one in entries
            if one.id
            for form in (one.string if isinstance(one.string, tuple) else (one.string,))
        ]
    else:
        texts = path.read_text("utf-8").splitlines()
    plain = [re.sub(r"<code>.*?</code>|<[^>]*>|%\(\w+\)s|https?:\S*", "x", text) for text in texts]
    assert not [
        text for text in plain if re.search(r"[^\u202f][;!?»]|[^\u202f]:(?!\d)|[^\u202f]%%|«[^\u202f]|'", text)
    ]


def test_pages_hold_no_bare_english(site: Path) -> None:
    bare: dict[str, str] = {}
    for path in pages(site, "eo"):
        for text in said(path):
            words = re.findall(r"[^\W\d_]{3,}", SAME.sub(" ", text.text))
            is_ours = text.language not in ("en", "fr") and "Lévél óf thé çódé" not in text.text  # values of a column
            if is_ours and any(re.search(r"[aeiou]", word) for word in words):
                bare[text.text] = str(path.relative_to(site))
    assert not bare


def test_french_pages_hold_no_english_of_the_catalogue(site: Path) -> None:
    english = {text for text, forms in FR.messages.items() if forms[0] != text and "%" not in text and len(text) > 3}
    found = {(text.text, str(path)) for path in pages(site, "fr") for text in said(path) if text.language != "en"}
    assert not {(text, path) for text, path in found if text in english}


def test_french_pages_say_their_language_and_lead_to_the_others(site: Path) -> None:
    page = (site / RELEASE / "fr" / "index.html").read_text("utf-8")
    assert '<html lang="fr">' in page
    assert '<a lang="en" hreflang="en" href="../index.html">English</a>' in page
    assert '<link rel="alternate" hreflang="fr" href="index.html">' in page
    assert 'href="../data/imports_by_chapter_origin.csv"' in page
    assert 'href="../../../../../fr/index.html"' in page
    assert 'href="tables/imports_by_chapter_origin.html"' in page
    assert 'href="../../../../../fr/search.html"' in page


def test_links_of_every_language_lead_to_files(site: Path) -> None:
    for path in [*pages(site, "fr"), *pages(site, "eo")]:
        for link in re.findall(r'(?:href|src)="([^"#]+)', path.read_text("utf-8")):
            assert re.match(r"https?:|mailto:", link) or (path.parent / link).resolve().is_file(), (path, link)


def test_a_tombstone_speaks_the_language_of_its_path(site: Path) -> None:
    grave = site / TOMBSTONE.partition("tables/")[0]
    assert "Nous avons retiré cette publication" in (grave / "fr" / "index.html").read_text("utf-8")
    assert "We have withdrawn this release" in (grave / "index.html").read_text("utf-8")


def test_an_office_that_asks_for_english_alone_gets_no_other(tmp_path: Path) -> None:
    build_site(tmp_path)
    assert languages_of(Office()) == (ENGLISH,)
    assert not [path for path in tmp_path.rglob("*") if path.name == "fr"]
    assert "hreflang" not in (tmp_path / "index.html").read_text("utf-8")


def test_separators_and_plurals() -> None:
    assert FR.number(-1234567, 2) == "\N{MINUS SIGN}12\u202f345,67"
    assert FR.share(1, 3) == "33,3\u202f%"
    assert FR.share(1, 10**6) == "moins de 0,1\u202f%"
    assert in_words(1_900_000_000, VALUE, FR) == "1,9 milliard de KRW"
    assert in_words(2_000_000_000, VALUE, FR) == "2,0 milliards de KRW"
    assert in_words(1_300_000_000_000, VALUE, FR) == "1\u202f300 milliards de KRW"
    assert in_words(99_998_999_999_999, VALUE, FR) == "99\u202f999 milliards de KRW"
    assert in_words(99_999_000_000_000, VALUE, FR) == "100,0 milliers de milliards de KRW"
    assert size_words(1_234_567, FR) == "1,2 Mo"
    counted = [FR.ngettext("%(count)s figure was revised", "%(count)s figures were revised", n) for n in (0, 1, 2)]
    assert counted == ["0 chiffre a été révisé", "1 chiffre a été révisé", "2 chiffres ont été révisés"]
    assert FR.moment(datetime(2021, 4, 1, 9, 30, tzinfo=UTC)) == "1er avril 2021, 09:30 (UTC)"
    assert FR.period("2021-Q1") == "premier trimestre 2021"


def test_what_nobody_translated_is_marked_as_english() -> None:
    assert isinstance(FR.own("A title of the office"), Untranslated)
    assert not isinstance(FR.own("Commodity"), Untranslated)
    assert FR.code_name("COUNTRY", "DE", "Germany") == "Allemagne"
    assert isinstance(FR.code_name("HS", "0901", "Coffee"), Untranslated)
    assert not isinstance(ENGLISH.own("A title of the office"), Untranslated)


def test_an_office_translates_its_own_texts(tmp_path: Path) -> None:
    own = tmp_path / "fr.po"
    own.write_text('msgid "Bureau of Numbers"\nmsgstr "Bureau des nombres"\n', encoding="utf-8")
    assert words_for("fr", own).own("Bureau of Numbers") == "Bureau des nombres"


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(CatalogueError, match="none of: en, fr"):
        words_for("xx")


@pytest.fixture
def polish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Words]:
    """A language whose folder has .po files alone, in three forms of the plural: accents for words."""
    folder = tmp_path / "locale" / "pl"
    folder.mkdir(parents=True)
    texts = sorted(messages().items())
    for name, part in (("some.po", texts[::2]), ("others.po", texts[1::2])):
        made = Catalog(locale="pl")
        for english, many in part:
            forms = (english, many, f"{many} x") if many else ()
            made.add((english, many) if many else english, tuple(map(accented, forms)) or accented(english))
        with (folder / name).open("wb") as file:
            write_po(file, made)
    monkeypatch.setattr(catalogue, "_locale", lambda: tmp_path / "locale")
    yield languages_of(Office(languages=("en", "pl")))[1]
    words_for.cache_clear()


def test_a_third_language_is_a_folder_of_files(polish: Words, tmp_path: Path) -> None:
    forms = [polish.ngettext("%(count)s figure was revised", "%(count)s figures were revised", n) for n in (1, 2, 5)]
    assert forms == ["1 fígúré wás révíséd", "2 fígúrés wéré révíséd", "5 fígúrés wéré révíséd x"]
    assert polish.number(1234567) == "1\u00a0234\u00a0567"
    assert polish.code_name("COUNTRY", "DE", "Germany") == "Niemcy"
    site, languages = tmp_path / "site", (ENGLISH, polish)
    edition = write_sample(site / RELEASE, PERIOD, 1, (suppression_sample(40).table,), languages)
    write_site(site, place_in_series([edition]), Office(), {PLAN.id: PLAN}, languages=languages)
    english = {path.relative_to(site).as_posix() for path in site.rglob("*.html") if "pl" not in path.parts}
    wanted = {place(path, "pl") for path in english if is_spoken(path)}
    assert len(wanted) > 15 and all((site / path).is_file() for path in wanted)
    assert '<html lang="pl">' in (site / "pl" / "index.html").read_text("utf-8")
    assert "Skíp tó çóñtéñt" in (site / RELEASE / "pl" / "index.html").read_text("utf-8")
    assert (site / "pl" / "search-index.js").is_file()


@pytest.mark.parametrize("languages", [("fr",), ("fr", "en"), ("en", "en"), ()])
def test_english_comes_first_and_each_language_once(languages: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="each language once"):
        Office(languages=languages)


def test_places_of_pages() -> None:
    edition = "releases/monthly_trade/2021-03/v1/"
    assert place("calendar.html", "fr") == "fr/calendar.html"
    assert place(f"{edition}tables/x.html", "fr") == f"{edition}fr/tables/x.html"
    assert place("releases/monthly_trade/2021-03/index.html", "fr") == "fr/releases/monthly_trade/2021-03/index.html"
    assert is_spoken("calendar.html") and is_spoken(f"{edition}dataset.html")
    assert is_spoken(f"{edition}tables/x.html") and not is_spoken(f"{edition}tables/x/y.html")
    assert is_spoken("search.html") and is_spoken("search-index.js") and is_spoken("search/HS-IX.html")
    assert not is_spoken("404.html")
    assert Speech((ENGLISH, FR)).of(f"{edition}fr/index.html") == (FR, f"{edition}index.html")
    assert Speech((ENGLISH,)).of(f"{edition}fr/index.html") == (ENGLISH, f"{edition}fr/index.html")


def test_notes_of_noise_are_french() -> None:
    counted = quality_notes(QualityRules(hide_above_percent=Fraction(30), finest_half_width=Fraction(5, 2)))
    for text in (ADDITIVE, DISTINCT, QUANTILE, UNPROTECTED, SUMMED.format("Importing traders"), *counted):
        assert not isinstance(FR.own(text), Untranslated), text
    assert "1\u202f000\u202f000" in FR.own(
        "Over the year 2021 the losses within the band add up to at most rho 1 (epsilon 8.4 at delta one in "
        "1,000,000), though every month may differ within its band. Years add up too. This account is apart from "
        "that of counts, which promise more: what a reader learns from both adds up."
    )
    assert FR.own("fixed at 4 in the query") == "fixé à 4 dans la requête"


def test_what_is_shipped_has_french_texts() -> None:
    workspace = Workspace(Path(__file__).parents[2])
    texts = {text for plan in load_plans(workspace).values() for text in (plan.title, plan.summary)}
    for query in load_queries(workspace).values():
        table = query.structure
        texts |= {table.title, table.summary, *(dimension.title for dimension in table.dimensions)}
        texts |= {text for measure in table.measures for text in (measure.title, measure.unit)}
    texts |= {codelist(name).title for name in CODELISTS}
    assert not {text for text in texts if isinstance(FR.own(text), Untranslated)}


@pytest.mark.parametrize(
    ("codelist_id", "levels"),
    [
        ("HS", 3),
        ("COUNTRY", 3),
        ("TRANSPORT_MODE", 2),
        ("OFFICE", 2),
        ("PREFERENCE", 3),
        ("CONTROL", 3),
        ("OUTCOME", 2),
    ],
)
def test_codes_have_french_names(codelist_id: str, levels: int) -> None:
    """Of the HS down to chapters."""
    found = codelist(codelist_id)
    codes = [code for code in found.codes if code.level in found.levels[:levels]]
    named = (FR.code_name(codelist_id, code.code, code.name) for code in codes)
    assert codes and not [name for name in named if isinstance(name, Untranslated)]
