"""metadata/dcat.jsonld: the edition as a DCAT-AP 3 catalogue, its tables as schema.org/Dataset for search engines.

One catalogue (the edition), one dataset series (the plan, over all periods), one dataset a table, one distribution a
file. tests/readers/dcat_ap.ttl states which rules of DCAT-AP it keeps. Themes, frequencies and languages are named by
the EU's authority tables (op.europa.eu), as DCAT-AP asks.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from publisher.catalogue.frequency import last_day, shift
from publisher.publication.files.citation import citation
from publisher.publication.files.dictionary import data_dictionary
from publisher.publication.files.formats import DataFormat, FileFact, data_files
from publisher.publication.files.metadata import write_json
from publisher.publication.imprint import Imprint
from publisher.publication.tables.published import Published

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "https://schema.org/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_FREQUENCIES = {"monthly": "MONTHLY", "quarterly": "QUARTERLY", "annual": "ANNUAL"}
_FLOWS = {"M": "imports", "X": "exports"}

Node = dict[str, Any]


def write_dcat(public: Path, tables: Sequence[Published], imprint: Imprint) -> None:
    """Written after the data files, whose sizes and digests it tells."""
    graph = [_office(imprint), _catalogue(tables, imprint), _series(imprint)]
    graph += [_dataset(public, table, imprint) for table in tables]
    write_json(public / "metadata" / "dcat.jsonld", {"@context": CONTEXT, "@graph": graph})


def _office(imprint: Imprint) -> Node:
    office = imprint.office
    return {
        "@id": _office_id(imprint),
        "@type": ["foaf:Agent", "schema:Organization"],
        "foaf:name": office.name,
        "schema:name": office.name,
        "foaf:homepage": {"@id": office.base_url},
        "schema:url": office.base_url,
        "schema:email": office.contact,
    }


def _office_id(imprint: Imprint) -> str:
    return imprint.office.base_url.rstrip("/") + "/#office"


def _catalogue(tables: Sequence[Published], imprint: Imprint) -> Node:
    members = [{"@id": _dataset_id(table, imprint)} for table in tables]
    return {
        "@id": f"{imprint.url}#catalogue",
        "@type": ["dcat:Catalog", "schema:DataCatalog"],
        **_named(imprint.name, imprint.plan.summary),
        **_responsible(imprint),
        **_issued(imprint),
        "foaf:homepage": {"@id": imprint.url},
        "dct:language": {"@id": f"{_AUTHORITY}language/ENG"},
        "dcat:themeTaxonomy": {"@id": f"{_AUTHORITY}data-theme"},
        "dcat:dataset": members,
        "schema:dataset": members,
    }


def _named(title: str, text: str) -> Node:
    return {"dct:title": title, "schema:name": title, "dct:description": text, "schema:description": text}


def _responsible(imprint: Imprint) -> Node:
    licence = {"@id": imprint.office.licence_url}
    office = {"@id": _office_id(imprint)}
    return {
        "dct:publisher": office,
        "schema:publisher": office,
        "dct:license": licence,
        "schema:license": imprint.office.licence_url,
    }


def _issued(imprint: Imprint) -> Node:
    moment, version = imprint.due.isoformat(), f"v{imprint.version}"
    return {
        "dct:issued": {"@value": moment, "@type": "xsd:dateTime"},
        "schema:datePublished": moment,
        "dcat:version": version,
        "schema:version": version,
    }


def _series_id(imprint: Imprint) -> str:
    return imprint.office.base_url.rstrip("/") + f"/releases/{imprint.plan.id}/#series"


def _series(imprint: Imprint) -> Node:
    """The series goes on: it has no licence, version or date of this edition."""
    return {
        "@id": _series_id(imprint),
        "@type": "dcat:DatasetSeries",
        "dct:title": imprint.plan.title,
        "dct:description": imprint.plan.summary,
        "dct:publisher": {"@id": _office_id(imprint)},
        "dcat:contactPoint": _contact(imprint),
        "dct:accrualPeriodicity": {"@id": f"{_AUTHORITY}frequency/{_FREQUENCIES[imprint.plan.frequency]}"},
    }


def _contact(imprint: Imprint) -> Node:
    """A contact that is no address of e-mail stands by name alone."""
    office = imprint.office
    mail = {"vcard:hasEmail": {"@id": f"mailto:{office.contact}"}} if "@" in office.contact else {}
    return {"@type": ["vcard:Kind", "vcard:Organization"], "vcard:fn": office.name, **mail}


def _page(table: Published, imprint: Imprint) -> str:
    return f"{imprint.url}tables/{table.structure.id}.html"


def _dataset_id(table: Published, imprint: Imprint) -> str:
    return _page(table, imprint) + "#dataset"


def _dataset(public: Path, table: Published, imprint: Imprint) -> Node:
    structure, page = table.structure, _page(table, imprint)
    keywords = ["trade statistics", _FLOWS[structure.flow], *(d.title.lower() for d in structure.dimensions)]
    files = [_distribution(form, fact, table, imprint) for form, fact in data_files(public, structure.id)]
    return {
        "@id": _dataset_id(table, imprint),
        "@type": ["dcat:Dataset", "schema:Dataset"],
        "dct:identifier": f"{imprint.edition}/{structure.id}",
        "schema:identifier": f"{imprint.edition}/{structure.id}",
        **_named(structure.title, structure.summary),
        **_responsible(imprint),
        "schema:creator": {"@id": _office_id(imprint)},
        **_issued(imprint),
        "dcat:inSeries": {"@id": _series_id(imprint)},
        "schema:includedInDataCatalog": {"@id": f"{imprint.url}#catalogue"},
        "dcat:landingPage": {"@id": page, "@type": "foaf:Document"},
        "schema:url": page,
        "dcat:contactPoint": _contact(imprint),
        "dcat:keyword": keywords,
        "schema:keywords": keywords,
        "dcat:theme": {"@id": f"{_AUTHORITY}data-theme/ECON"},
        "dct:temporal": _time(imprint.period),
        "schema:temporalCoverage": imprint.period if "Q" not in imprint.period else "/".join(days(imprint.period)),
        "schema:isAccessibleForFree": True,
        "schema:citation": citation(imprint, structure.title, page),
        "schema:variableMeasured": _variables(table),
        "dcat:distribution": files,
        "schema:distribution": [{"@id": file["@id"]} for file in files],
    }


def days(period: str) -> tuple[str, str]:
    """First and last day of a month, quarter or year."""
    first = last_day(shift(period, -1)) + timedelta(days=1)
    return first.isoformat(), last_day(period).isoformat()


def _time(period: str) -> Node:
    ends = zip(("dcat:startDate", "dcat:endDate"), days(period), strict=True)
    return {"@type": "dct:PeriodOfTime"} | {end: {"@value": day, "@type": "xsd:date"} for end, day in ends}


def _variables(table: Published) -> list[Node]:
    return [
        {"@type": "schema:PropertyValue", "schema:name": entry.name, "schema:unitText": entry.unit}
        for entry in data_dictionary(table.table)
        if entry.unit
    ]


def _distribution(form: DataFormat, fact: FileFact, table: Published, imprint: Imprint) -> Node:
    address, title = imprint.url + fact.path, f"{table.structure.title} ({form.label})"
    return {
        "@id": address,
        "@type": ["dcat:Distribution", "schema:DataDownload"],
        "dct:title": title,
        "schema:name": title,
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "schema:contentUrl": address,
        "dct:license": {"@id": imprint.office.licence_url},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{form.mediatype}"},
        "schema:encodingFormat": form.mediatype,
        "dcat:byteSize": {"@value": str(fact.size), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@value": fact.sha256, "@type": "xsd:hexBinary"},
        },
    }
