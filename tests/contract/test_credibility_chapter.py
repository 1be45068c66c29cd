"""`stimrig report --credibility` as scripts meet it: files, bytes, errors."""

import json

import pytest
from command_desk import stimrig
from pypdf import PdfReader

EPOCH = {"SOURCE_DATE_EPOCH": "1700000000"}


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    """The chapter of the default class, written by a process of its own."""
    place = tmp_path_factory.mktemp("chapter")
    done = stimrig("report", "--credibility", "--out", "one", "--json", cwd=place, **EPOCH)
    assert done.returncode == 0, done.stdout + done.stderr
    return place, json.loads(done.stdout)


@pytest.mark.proof
def test_the_chapter_says_what_was_measured(chapter):
    """Every row with its published value, source, measured value and verdict; the stamp on every page of the PDF."""
    place, told = chapter
    names = {row["row"] for row in told["validation"]}
    assert {"1 ankle", "5 exponent", "24", "26 hike", "27", "28", "29"} <= names
    assert all(row["source"] and row["published"] for row in told["validation"])
    assert {row["verdict"] for row in told["validation"]} == {"PASS", "reported"}
    assert {row["verdict"] for row in told["numerics"]} == {"PASS"}
    pages = [page.extract_text() for page in PdfReader(place / "one" / "credibility.pdf").pages]
    assert all("SIMULATED EVIDENCE" in page for page in pages)
    text = " ".join(pages)
    for words in ("Question of interest", "Context of use", "Equations", "Validation", "Numerical verification",
                  "Sensitivity", "Domain of validity", "What not to claim", "Parameters"):  # fmt: skip
        assert words in text
    page = (place / "one" / "credibility.html").read_text(encoding="utf-8")
    assert "SIMULATED EVIDENCE" in page and "Moosabhoy" in page and "C<sub>N</sub>′" in page
    assert "://" not in page.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.proof
def test_the_chapter_repeats_to_the_last_byte(chapter):
    """In another process and folder, with the same SOURCE_DATE_EPOCH."""
    place, _ = chapter
    again = stimrig("report", "--credibility", "--out", "two", cwd=place, **EPOCH)
    assert again.returncode == 0, again.stderr
    for name in ("credibility.html", "credibility.pdf"):
        assert (place / "one" / name).read_bytes() == (place / "two" / name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--credibility", "latest"), "needs no run"),
        (("--patient", "ms"), "--credibility"),
        (("--json",), "--credibility"),
        ((), "no run is named"),
        (("--credibility", "--patient", "stroke_moderat"), "stroke_moderate"),
    ],
)
def test_wrong_options_are_told_at_once(tmp_path, arguments, words):
    """Exit 4, one line, the mend in it."""
    done = stimrig("report", *arguments, cwd=tmp_path)
    assert done.returncode == 4
    assert words in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_unwritable_folder_is_refused_before_anything_is_measured(tmp_path):
    """A file stands where the folder should be: exit 4, the path, the mend."""
    (tmp_path / "taken").write_text("x")
    done = stimrig("report", "--credibility", "--out", "taken", cwd=tmp_path)
    assert done.returncode == 4
    assert "taken" in done.stderr and "--out" in done.stderr
