"""A line is proved from one block of the frame file and the index beside it, by the root over all lines."""

from __future__ import annotations

import io

import pytest

from zhiheng.errors import BadInput
from zhiheng.proof import frame_index, merkle

SIZES = [1, 2, 3, 255, 256, 257, 511, 513, 1000, 1025]


def lines_of(size: int) -> list[bytes]:
    return [b"U%07d\t1\tA\t330106\t13\n" % (2 * number) for number in range(size)]


def prover(size: int) -> tuple[frame_index.Prover, frame_index.Index]:
    data = b"".join(lines_of(size))
    index = frame_index.build(io.BytesIO(data))
    return frame_index.Prover(io.BytesIO(data), io.BytesIO(index.dump())), index


@pytest.mark.parametrize("size", SIZES)
def test_the_root_is_that_of_the_plain_tree_over_the_lines(size):
    _prover, index = prover(size)

    assert index.root == merkle.root(lines_of(size))
    assert index.lines == size


def test_the_root_of_no_line_is_that_of_the_empty_tree():
    assert frame_index.build(io.BytesIO(b"")).root == merkle.EMPTY_ROOT


@pytest.mark.parametrize("size", SIZES)
def test_paths_are_those_of_the_plain_tree(size):
    proving, _index = prover(size)
    paths = merkle.paths(lines_of(size))

    for place in {0, size // 2, size - 1}:
        proved = proving.prove(place)

        assert proved.path == paths[place]
        assert proved.line == lines_of(size)[place]


@pytest.mark.parametrize("size", [1, 257, 1000])
def test_every_unit_is_found_at_its_place(size):
    proving, _index = prover(size)

    found = [proving.find(f"U{2 * number:07d}") for number in range(size)]

    assert found == [(number, True) for number in range(size)]


@pytest.mark.parametrize("size", [1, 256, 257, 1000])
def test_an_absent_unit_would_stand_between_its_neighbours(size):
    proving, _index = prover(size)

    found = [proving.find(f"U{2 * number - 1:07d}") for number in range(1, size + 1)]

    assert found == [(number, False) for number in range(1, size + 1)]
    assert proving.find("A") == (0, False)


def test_a_line_comes_with_its_neighbours_as_far_as_there_are_any():
    proving, _index = prover(300)

    def places(at, **kind):
        return [one.index for one in proving.around(at, **kind)]

    assert places(0, is_there=True) == [0, 1]
    assert places(256, is_there=True) == [255, 256, 257]
    assert places(299, is_there=True) == [298, 299]
    assert places(0, is_there=False) == [0]
    assert places(256, is_there=False) == [255, 256]
    assert places(300, is_there=False) == [299]


def test_an_altered_index_gives_a_path_that_does_not_hold():
    data = b"".join(lines_of(1000))
    index = frame_index.build(io.BytesIO(data))
    altered = bytearray(index.dump())
    altered[-40] ^= 1
    proving = frame_index.Prover(io.BytesIO(data), io.BytesIO(bytes(altered)))

    proved = [proving.prove(place) for place in (0, 999)]

    held = [
        merkle.is_included(merkle.leaf_hash(one.line), one.index, 1000, one.path, index.root)
        for one in proved
    ]
    assert not all(held)


def test_another_file_is_no_index():
    with pytest.raises(BadInput, match="no index"):
        frame_index.Prover(io.BytesIO(b""), io.BytesIO(b"something else"))


def test_a_line_beyond_the_end_is_refused():
    proving, _index = prover(3)

    with pytest.raises(BadInput, match="no line 3"):
        proving.prove(3)


def test_an_index_of_a_longer_file_is_refused():
    longer = frame_index.build(io.BytesIO(b"".join(lines_of(10))))
    proving = frame_index.Prover(io.BytesIO(b"".join(lines_of(5))), io.BytesIO(longer.dump()))

    with pytest.raises(BadInput, match="does not fit"):
        proving.prove(9)
