"""The receipt of a public entry: its place in the log, the path to the root, and the signed checkpoint.

Whoever holds it can prove later that the entry was published as it is, whatever becomes of this site. The
receipt from the log of a province carries, as its ``extra`` data, a second one: that of the national log for
the checkpoint of the province.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import segno

from zhiheng.errors import NotFound
from zhiheng.ledger import entries
from zhiheng.ledger.models import Anchor, Entry, Sealed, Visibility
from zhiheng.ledger.sealing import places
from zhiheng.proof import canonical, checkpoint, note, receipt, tiled
from zhiheng.verification.log_folder import CHECKPOINT, VKEY, LogFolder

TYPE = "zhiheng/receipt/1"
_END = 4 * 1024 * 1024  # bytes


@dataclass
class Reader:
    """A log as it stands in its last checkpoint, from which any number of receipts are read."""

    folder: LogFolder
    signed: str
    key: note.Key
    said: checkpoint.Checkpoint
    tree: tiled.Stored = field(repr=False)
    anchor: bytes = b""
    """For a shard: the receipt by which the national log proves the checkpoint used here."""

    @classmethod
    def of(cls, name: str) -> Reader | None:
        """Return the reader of the log with this origin; None where its files are not here."""
        folder = places.folder_of(name)
        if folder is None or f"/{places.SHARD}/" not in name:
            return None if folder is None else cls.in_folder(folder)
        anchored = Anchor.objects.filter(log=name).order_by("-size").first()
        national = anchored and cls.of(anchored.national)
        proof = national.receipt(anchored.place) if national and anchored else None
        if anchored is None or proof is None:
            return None
        return cls.in_folder(folder, anchored.note.encode(), receipt.write(proof).encode())

    @classmethod
    def in_folder(cls, folder: LogFolder, signed: bytes | None = None, anchor: bytes = b"") -> Reader | None:
        """Return the reader of a log in a folder by some checkpoint; None where it has none yet."""
        signed = folder.text(CHECKPOINT) if signed is None else signed
        if signed is None:
            return None
        key = note.key((folder.text(VKEY) or b"").decode().strip())
        said, _signed = checkpoint.opened(signed, key)
        return cls(folder, signed.decode(), key, said, folder.tree(said.size, key.tree_hash), anchor)

    def receipt(self, place: int) -> receipt.Receipt | None:
        """Return the receipt of one place; None where the checkpoint does not reach it yet."""
        if place >= self.said.size:
            return None
        return receipt.Receipt(place, tuple(self.tree.inclusion(place)), self.signed, self.anchor)


@dataclass(frozen=True)
class Held:
    """A receipt with all that its holder needs."""

    entry: Entry
    receipt: receipt.Receipt
    key: note.Key
    size: int

    @property
    def statement(self) -> dict[str, Any]:
        """What the entry says, as it stands in the log."""
        return entries.statement_of(self.entry)

    @property
    def leaf_hash(self) -> str:
        """The hash by which the entry stands in the tree."""
        return tiled.leaf_hashes([canonical.dumps(self.statement)], self.key.tree_hash)[0].hex()

    def proof(self) -> str:
        """Return the receipt as a file of c2sp.org/tlog-proof."""
        return receipt.write(self.receipt)

    def document(self) -> bytes:
        """Return the receipt with its statement and the key, as one JSON file that stands alone."""
        return canonical.dumps(
            {"type": TYPE, "vkey": str(self.key), "statement": self.statement, "proof": self.proof()}
        )

    def mark(self) -> str:
        """Return what the QR code on a paper says: the log, the place in it, the hash of the entry."""
        return f"{self.key.name} {self.receipt.index} {self.leaf_hash}"

    def qr(self) -> str:
        """Return the QR code as an SVG that stands in a page."""
        code = segno.make(self.mark(), error="m", micro=False)
        return code.svg_inline(omitsize=True, border=2, title=self.mark(), svgclass="qr wide", lineclass=None)


def of(entry: Entry) -> Held | None:
    """Return the receipt of a public entry; None while it waits to be sealed."""
    if entry.visibility != Visibility.PUBLIC:
        raise NotFound("Only public entries stand in the log.", "Ask the office that recorded it.")
    row = Sealed.objects.filter(entry=entry).first()
    reader = row and Reader.of(row.log)
    found = reader.receipt(row.place) if reader and row else None
    if not reader or found is None:
        return None
    return Held(entry, found, reader.key, reader.said.size)


def is_in(bundle: Path) -> bool:
    """Tell whether a bundle on disk holds receipts; they stand near its end."""
    with bundle.open("rb") as file:
        file.seek(max(bundle.stat().st_size - _END, 0))
        return b'"log":{"receipts":[' in file.read()


def field_of(listed: Iterable[Entry]) -> dict[str, Any] | None:
    """Return the field ``log`` of a bundle: the receipts of its entries that are sealed; None without any.

    All are of one log, that of the newest entry: the field names one key.
    """
    rows = list(Sealed.objects.filter(entry__in=[entry.pk for entry in listed]).order_by("seq"))
    reader = Reader.of(rows[-1].log) if rows else None
    if reader is None:
        return None
    found = [(row.seq, reader.receipt(row.place)) for row in rows if row.log == reader.key.name]
    proofs = [{"seq": seq, "proof": receipt.write(one)} for seq, one in found if one is not None]
    return {"vkey": str(reader.key), "receipts": proofs} if proofs else None
