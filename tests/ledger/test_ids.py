"""Ids are unique and in the order of their making."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122

from zhiheng.ledger import ids


def test_ids_are_uuids_of_version_7():
    made = ids.uuid7()

    assert made.version == 7
    assert made.variant == RFC_4122


def test_ids_rise_even_within_one_millisecond_and_when_the_clock_steps_back(monkeypatch):
    times = iter([5_000_000_000] * 5_000 + [4_000_000_000] * 5_000)
    monkeypatch.setattr(ids.time, "time_ns", lambda: next(times))
    monkeypatch.setattr(ids, "_last", (0, 0))

    made = [ids.uuid7() for _ in range(10_000)]

    assert made == sorted(set(made))


def test_threads_never_share_an_id():
    with ThreadPoolExecutor(8) as pool:
        made = [
            id_ for batch in pool.map(lambda _: [ids.uuid7() for _ in range(500)], range(8)) for id_ in batch
        ]

    assert len(set(made)) == len(made) == 4_000
