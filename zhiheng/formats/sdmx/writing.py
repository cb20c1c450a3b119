"""Writes figures as SDMX-ML 3.0, SDMX-ML 2.1 and SDMX-CSV 2.0, piece by piece, from tables of text.

Tables have the columns of ``structures.COLUMNS``, all text: a decimal is the text that was published, never
the shortest form of a double, and nothing is the null. Polars builds whole pieces of a message at once, so a
million observations take seconds and the memory of one piece. The same bytes come from pysdmx where it keeps
the text it is given (ADR 36).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from zhiheng.formats.sdmx.structures import AGENCY, BY_ID, COLUMNS, XML_2_1, XML_3_0, Flow, Heading

if TYPE_CHECKING:
    import polars as pl

CSV_2_0 = "csv-2.0"
FORMS = (XML_3_0, XML_2_1, CSV_2_0)
PIECE = 50_000

_SIGNS = {chr(sign): "\ufffd" for sign in range(32)} | {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}
"""What stands for signs that an attribute of XML cannot hold as they are; other controls, for none at all."""
_BASE = "http://www.sdmx.org/resources/sdmxml/schemas"
_FLOW = "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow"


def write(
    tables: Iterable[pl.DataFrame],
    flow: Flow,
    heading: Heading,
    form: str,
    *,
    columns: Sequence[str] = COLUMNS,
) -> Iterator[bytes]:
    """Yield a data message in the form asked for, of some or all columns of tables that follow each other."""
    pieces = (piece for table in tables for piece in table.select(columns).iter_slices(PIECE) if piece.height)
    if form == CSV_2_0:
        yield from _csv(pieces, columns, flow)
        return
    yield _head(flow, heading, form).encode()
    for piece in pieces:
        yield piece.select(_line(piece).str.join("")).item().encode()
    yield b"\t</mes:DataSet>\n</mes:StructureSpecificData>"


def _line(piece: pl.DataFrame) -> pl.Expr:
    """Return the expression that makes one element of each row; what is nothing is left out."""
    import polars as pl

    template, parts = ["\t\t<Obs "], []
    for name in piece.columns:
        missing = piece[name].null_count()
        if missing == piece.height:
            continue
        value = pl.col(name)
        if BY_ID[name].kind in {"string", "period"} and piece[name].str.contains_any(list(_SIGNS)).any():
            value = value.str.replace_many(list(_SIGNS), list(_SIGNS.values()))
        if missing:
            value = pl.concat_str(pl.lit(f'{name}="'), value, pl.lit('" ')).fill_null("")
        template.append("{}" if missing else f'{name}="{{}}" ')
        parts.append(value)
    return pl.format("".join([*template, "/>\n"]), *parts)


def _head(flow: Flow, heading: Heading, form: str) -> str:
    """Return everything before the first observation."""
    version = "v3_0" if form == XML_3_0 else "v2_1"
    base = f"{_BASE}/{version}"
    urn = f"{_FLOW}={flow.short}"
    prepared = heading.prepared.strftime("%Y-%m-%dT%H:%M:%S%z").replace("+0000", "Z")
    usage = urn
    scope = ""
    if form == XML_2_1:
        ref = f'<Ref agencyID="{AGENCY}" id="{flow.id}" version="{flow.version}" class="Dataflow"/>'
        usage = f"\n\t\t\t\t{ref}\n\t\t\t"
        scope = f'ss:dataScope="{flow.id}" '
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<mes:StructureSpecificData xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xmlns:mes="{base}/message" xmlns:ss="{base}/data/structurespecific" xmlns:com="{base}/common" '
        f'xmlns:ns1="{urn}:ObsLevelDim:AllDimensions" '
        f'xsi:schemaLocation="{base}/message https://registry.sdmx.org/schemas/{version}/SDMXMessage.xsd">\n'
        f"\t<mes:Header>\n\t\t<mes:ID>{heading.id}</mes:ID>\n"
        f"\t\t<mes:Test>{str(heading.is_test).lower()}</mes:Test>\n"
        f"\t\t<mes:Prepared>{prepared}</mes:Prepared>\n"
        f'\t\t<mes:Sender id="{AGENCY}"/>\n'
        f'\t\t<mes:Structure structureID="{flow.id}" namespace="{urn}" '
        'dimensionAtObservation="AllDimensions">\n'
        f"\t\t\t<com:StructureUsage>{usage}</com:StructureUsage>\n"
        "\t\t</mes:Structure>\n\t</mes:Header>\n"
        f'\t<mes:DataSet ss:structureRef="{flow.id}" xsi:type="ns1:DataSetType" {scope}'
        'action="Information">\n'
    )


def _csv(pieces: Iterable[pl.DataFrame], columns: Sequence[str], flow: Flow) -> Iterator[bytes]:
    import polars as pl

    lead = [
        pl.lit(value).alias(name)
        for name, value in (("STRUCTURE", "dataflow"), ("STRUCTURE_ID", flow.short), ("ACTION", "I"))
    ]
    yield ",".join(["STRUCTURE", "STRUCTURE_ID", "ACTION", *columns]).encode() + b"\n"
    for piece in pieces:
        yield piece.select(*lead, pl.all()).write_csv(include_header=False).encode()
