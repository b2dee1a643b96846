"""Writes the sample data set from Fashion-MNIST's idx files.

Usage: python3 build-fashion-mnist.py [FOLDER_OF_THE_IDX_FILES]

The folder defaults to where Debian's package dataset-fashion-mnist puts them. Takes the first 40 pictures of each class of the test set and writes
fashion-mnist/<label>/<label>_<row>.png beside this script: 8-bit grayscale PNG, where <row> is the picture's row in the test set. The same input gives
the same pixels always; the files' bytes may differ with another zlib.
"""
import gzip
import pathlib
import struct
import sys
import zlib

LABELS = ["t-shirt_top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle_boot"]
PER_CLASS = 40


def read_idx(path, rank):
    data = gzip.decompress(path.read_bytes())
    magic, *shape = struct.unpack(f">{rank + 1}I", data[:4 * (rank + 1)])
    if magic != 0x800 + rank:
        sys.exit(f"{path}: idx magic {magic:#x}, expected {0x800 + rank:#x}")
    return shape, data[4 * (rank + 1):]


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(pixels, width, height):
    rows = b"".join(b"\0" + pixels[y * width:(y + 1) * width] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def main():
    source = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/datasets/fashion-mnist")
    (count, height, width), images = read_idx(source / "t10k-images-idx3-ubyte.gz", 3)
    _, labels = read_idx(source / "t10k-labels-idx1-ubyte.gz", 1)
    target = pathlib.Path(__file__).resolve().parent / "fashion-mnist"
    taken = [0] * len(LABELS)
    for row in range(count):
        label = labels[row]
        if taken[label] == PER_CLASS:
            continue
        taken[label] += 1
        folder = target / LABELS[label]
        folder.mkdir(parents=True, exist_ok=True)
        size = width * height
        (folder / f"{LABELS[label]}_{row:04d}.png").write_bytes(png(images[row * size:(row + 1) * size], width, height))
    print(f"{sum(taken)} pictures in {target}")


if __name__ == "__main__":
    main()
