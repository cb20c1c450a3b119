// Command reader checks a log directory with Go's own implementation of signed notes and tiles alone
// (golang.org/x/mod/sumdb/note and tlog): it prints size and root, and exits 1 at the first fault.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type tileReader struct{ dir string }

func (r tileReader) Height() int { return 8 }

func (r tileReader) SaveTiles([]tlog.Tile, [][]byte) {}

func (r tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		// Go writes tile/8/L/...; c2sp.org/tlog-tiles leaves the height out.
		name := "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
		data, err := os.ReadFile(filepath.Join(r.dir, name))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func fail(why ...any) {
	fmt.Fprintln(os.Stderr, why...)
	os.Exit(1)
}

func bundle(dir string, n, size int64) []byte {
	tile := tlog.Tile{H: 8, L: 0, N: n, W: 256}
	if rest := size - n*256; rest < 256 {
		tile.W = int(rest)
	}
	name := "tile/entries/" + strings.TrimPrefix(tile.Path(), "tile/8/0/")
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		fail(err)
	}
	return data
}

func main() {
	dir := os.Args[1]
	vkey, err := os.ReadFile(filepath.Join(dir, "vkey"))
	if err != nil {
		fail(err)
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	if err != nil {
		fail("vkey:", err)
	}
	signed, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		fail(err)
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		fail("checkpoint:", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		fail("the origin is not the name of the key")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		fail(err)
	}
	raw, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(raw) != tlog.HashSize {
		fail("root:", err)
	}
	var root tlog.Hash
	copy(root[:], raw)
	hashes := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tileReader{dir})
	var index int64
	for n := int64(0); n*256 < size; n++ {
		var records []tlog.Hash
		var places []int64
		for data := bundle(dir, n, size); len(data) > 0; {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				fail("bundle", n, "is torn")
			}
			length := int(binary.BigEndian.Uint16(data))
			records = append(records, tlog.RecordHash(data[2:2+length]))
			places = append(places, tlog.StoredHashIndex(0, index+int64(len(places))))
			data = data[2+length:]
		}
		stored, err := hashes.ReadHashes(places)
		if err != nil {
			fail("bundle", n, err)
		}
		for i, record := range records {
			if stored[i] != record {
				fail("entry", index+int64(i), "is not the one in the tree")
			}
		}
		last := index + int64(len(records)) - 1
		if n%16 == 0 || last == size-1 {
			proof, err := tlog.ProveRecord(size, last, hashes)
			if err != nil {
				fail(err)
			}
			if err := tlog.CheckRecord(proof, size, root, last, records[len(records)-1]); err != nil {
				fail("entry", last, err)
			}
		}
		index = last + 1
	}
	if index != size {
		fail("the bundles hold", index, "entries, the checkpoint says", size)
	}
	fmt.Printf("%d %x\n", size, root[:])
}
