"""Headlines as a newspaper would print them: verbs that the query permits, names in running text, both languages."""

from dataclasses import replace
from fractions import Fraction

import pytest

from publisher.catalogue.codelists import codelist
from publisher.model.codelist import TOTAL
from publisher.publication.headline.change_words import mover_sentence
from publisher.publication.headline.changes import Change, ChangeFact, Direction, Mover
from publisher.publication.headline.facts import Claim, HeadlineFact
from publisher.publication.headline.leaders import leader_sentence, leader_sentences
from publisher.publication.headline.leads import compared_sentence, lead_sentence
from publisher.publication.headline.margin import Figure
from publisher.publication.headline.subject import Subject, subject_of
from publisher.publication.headline.table_words import TableWords
from publisher.publication.words import ENGLISH, Words, words_for

FR = words_for("fr")
NBSP = "\N{NARROW NO-BREAK SPACE}"
ORIGIN = FR.inside(FR.own("Country of origin"))
TRADE = "flow = 'M' AND procedure NOT IN ('temporary','transit')"
WHOLE = HeadlineFact("t", "v", "2021-02", "total", {"d": TOTAL}, 12_300_000_000, None, None, "USD", 0)
TRADERS = replace(WHOLE, value=1979, lower=1939, upper=2019, unit="traders")


def words(
    subject: Subject, say: Words = ENGLISH, column: str = "partner", title: str = "Country of origin"
) -> TableWords:
    names = {"CN": "China", "US": "United States", "40": "Bureau, 40", "0901": "Coffee; " + "roasted or not " * 9}
    lists = {"partner": "COUNTRY", "commodity": "HS"}
    return TableWords(
        say,
        "A title",
        {column: say.own(title)},
        {"v": say.own("Importing traders") if subject == "count" else say.own("Customs duty")},
        {"v": subject},
        {column: lists.get(column, "OWN")},
        {column: names},
    )


def leader(column: str, code: str, level: str, claim: Claim = "largest") -> HeadlineFact:
    fact = replace(WHOLE, kind="largest", value=3_075_000_000, codes={column: code}, dimension=column)
    return replace(fact, level=level, claim=claim)


@pytest.mark.parametrize(
    ("universe", "subject"),
    [
        (TRADE, "imports"),
        ("flow = 'M'", "imports"),
        ("flow = 'M' AND procedure <> 'transit'", "imports"),
        ("flow = 'M' AND procedure NOT IN ('home_use','transit')", "amount"),
        ("flow = 'M' AND procedure = 'processing'", "amount"),
        ("flow = 'M' AND control_category <> 'NONE'", "amount"),
        ("anything else", "amount"),
    ],
)
def test_imports_are_said_only_where_all_of_them_count(universe: str, subject: Subject) -> None:
    assert subject_of("sum", "statistical_value", "M", universe) == subject


def test_other_measures_go_by_their_title() -> None:
    assert subject_of("sum", "statistical_value", "X", "flow = 'X'") == "exports"
    assert subject_of("sum", "duty_amount", "M", TRADE) == "amount"
    assert subject_of("sum", "net_mass", "M", TRADE) == "amount"
    assert subject_of("count_distinct", "importer", "M", TRADE) == "count"
    assert subject_of("quantile", "clearance_hours", "M", TRADE) == "quantile"


@pytest.mark.parametrize(
    ("subject", "fact", "english", "french"),
    [
        ("imports", WHOLE, "Imports were worth USD 12.3 billion in February 2021.",
         "Les importations se sont élevées à 12,3 milliards de USD en février 2021."),
        ("exports", replace(WHOLE, period="2021-Q1"),
         "Exports were worth USD 12.3 billion in the first quarter of 2021.",
         "Les exportations se sont élevées à 12,3 milliards de USD au premier trimestre 2021."),
        ("amount", replace(WHOLE, period="2021"), "Customs duty came to USD 12.3 billion in 2021.",
         f"Droits de douane{NBSP}: 12,3 milliards de USD en 2021."),
        ("count", TRADERS, "Importing traders numbered about 1,979 in February 2021, give or take 40.",
         f"Importateurs{NBSP}: environ 1{NBSP}979 en février 2021, à 40 près."),
        ("count", replace(TRADERS, value=20, lower=0, upper=60),
         "Importing traders: most likely between 0 and 60 in February 2021.",
         f"Importateurs{NBSP}: très probablement entre 0 et 60 en février 2021."),
        ("imports", replace(WHOLE, lower=12_000_000_000, upper=12_600_000_000),
         "Imports were worth about USD 12.3 billion in February 2021, give or take USD 300.0 million.",
         "Les importations se sont élevées à environ 12,3 milliards de USD en février 2021, à 300,0 millions de USD "
         "près."),
    ],
)  # fmt: skip
def test_leads(subject: Subject, fact: HeadlineFact, english: str, french: str) -> None:
    assert lead_sentence(fact, words(subject)) == english
    assert lead_sentence(fact, words(subject, FR)) == french


def exact(value: int) -> Figure:
    return Figure(value, value, value)


def test_a_lead_tells_the_year_before() -> None:
    told = ChangeFact(WHOLE, "2020-02", Fraction(0), Change(exact(11_815_561_000), exact(WHOLE.value)))
    assert compared_sentence(told, words("exports")) == (
        "Exports were worth USD 12.3 billion in February 2021, up 4.1 % on a year earlier."
    )
    assert compared_sentence(told, words("exports", FR)) == (
        f"Les exportations se sont élevées à 12,3 milliards de USD en février 2021, en hausse de 4,1{NBSP}% sur un "
        "an."
    )
    noisy = ChangeFact(TRADERS, "2021-01", Fraction(0), Change(Figure(2068, 2040, 2096), Figure(1979, 1939, 2019)))
    assert compared_sentence(noisy, words("count")) == (
        "Importing traders numbered about 1,979 in February 2021, give or take 40, down about 89 traders (between 21 "
        "and 157) on January 2021."
    )
    assert "en baisse d\N{RIGHT SINGLE QUOTATION MARK}environ 89 " in compared_sentence(noisy, words("count", FR))


@pytest.mark.parametrize(
    ("fact", "claim", "english", "french"),
    [
        (leader("partner", "US", "country"), "largest",
         "The largest share of imports came from the United States: USD 3.1 billion, or 25.0 % of the total.",
         f"Au premier rang des origines{NBSP}: les États-Unis, avec 3,1 milliards de USD, soit 25,0{NBSP}% du "
         "total."),
        (leader("partner", "CN", "country"), "largest_shown",
         "Of the figures shown, the largest share of imports came from China: USD 3.1 billion, or 25.0 % of the "
         "total.",
         f"Au premier rang des origines dont le chiffre est publié{NBSP}: la Chine, avec 3,1 milliards de USD, soit "
         f"25,0{NBSP}% du total."),
        (leader("commodity", "87", "chapter"), "largest",
         "The largest group of goods imported was cars and other vehicles (chapter 87), worth USD 3.1 billion, or "
         "25.0 % of the total.",
         "Au premier rang des marchandises importées figure le chapitre 87 (véhicules routiers et tracteurs), avec "
         f"3,1 milliards de USD, soit 25,0{NBSP}% du total."),
        (leader("office", "40", "office"), "largest",
         "By country of origin, “Bureau, 40” came first: USD 3.1 billion, or 25.0 % of the total.",
         f"Par {ORIGIN}, au premier rang{NBSP}: «{NBSP}Bureau, 40{NBSP}», avec 3,1 milliards de USD, soit "
         f"25,0{NBSP}% du total."),
    ],
)  # fmt: skip
def test_leaders(fact: HeadlineFact, claim: Claim, english: str, french: str) -> None:
    fact = replace(fact, claim=claim)
    assert leader_sentence(fact, WHOLE, words("imports", column=fact.dimension)) == english
    assert leader_sentence(fact, WHOLE, words("imports", FR, column=fact.dimension)) == french


def test_a_long_name_that_nobody_shortened_is_cut_as_a_label_with_its_code() -> None:
    said = leader_sentence(leader("commodity", "0901", "heading"), WHOLE, words("imports", column="commodity"))
    assert "was “Coffee; roasted or not roasted or not roasted…” (heading 0901), worth" in said


def test_what_noise_drowns_is_named_nowhere() -> None:
    drowned = replace(
        leader("partner", "CN", "country", "largest_noisy"), value=20, lower=0, upper=60, unit="traders"
    )
    assert leader_sentences([drowned, drowned], TRADERS, words("count")) == (
        "The noise is too large to tell which figures are the largest.",
    )
    assert leader_sentences([drowned], TRADERS, words("count")) == (
        "By country of origin, the noise is too large to tell which is the largest.",
    )
    assert "China" in leader_sentence(replace(drowned, claim="largest"), TRADERS, words("count"))


@pytest.mark.parametrize("say", [ENGLISH, FR])
@pytest.mark.parametrize("subject", ["imports", "exports", "amount", "count"])
@pytest.mark.parametrize("column", ["partner", "commodity", "office"])
def test_a_weaker_claim_always_says_so(say: Words, subject: Subject, column: str) -> None:
    """Without this, a sentence would claim more than its fact."""
    code = {"partner": "CN", "commodity": "87"}.get(column, "40")
    told = words(subject, say, column=column)
    weak = {"en": ("figures shown", "noise"), "fr": ("publié", "bruit")}[say.language]
    for claim, noisy in (("largest", False), ("largest_shown", False), ("largest_noisy", True)):
        fact = leader(column, code, "chapter", claim)  # type: ignore[arg-type]
        before, now = (Figure(100, 90, 110), Figure(300, 290, 310)) if noisy else (exact(100), exact(300))
        fact = replace(fact, lower=3_000_000_000, upper=3_100_000_000) if noisy else fact
        said = [leader_sentence(fact, WHOLE, told)]
        directions: tuple[tuple[Direction, Change], ...] = (
            ("rise", Change(before, now)),
            ("fall", Change(now, before)),
        )
        for direction, change in directions:
            mover = Mover(code, direction, change, claim)  # type: ignore[arg-type]
            said.append(mover_sentence(ChangeFact(fact, "2021-01", Fraction(0), mover), told))
        for sentence in said:
            assert any(word in sentence for word in weak) == (claim != "largest"), sentence
            assert sentence.endswith(".") and "%(" not in sentence


@pytest.mark.parametrize("say", [ENGLISH, FR])
def test_every_country_region_section_and_chapter_has_a_name_for_sentences(say: Words) -> None:
    countries = [code.code for code in codelist("COUNTRY").codes if code.code != TOTAL]
    goods = [code.code for code in codelist("HS").codes if code.level in ("section", "chapter")]
    wanted = {*(("COUNTRY", code) for code in countries), *(("HS", code) for code in goods)}
    modes = {key for key in say.said_names if key[0] == "TRANSPORT_MODE"}
    assert set(say.said_names) == wanted | modes
    assert not [name for name in say.said_names.values() if "'" in name or ";" in name or name != name.strip()]
