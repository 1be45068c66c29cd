"""`report.html`: one file, no network, text stays text, every chart with its limits, failures first."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from reports.sections import SECTIONS
from reports.sections.blocks import section, table, text
from reports.verdict import Outcome
from reports.writers.document import build_document
from reports.writers.html import html_text, island
from scenarios.catalogue import SectionSpec

VOID = {"meta", "col", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """What a browser would see: elements, text, raw scripts; complains about elements that do not nest."""

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.stack, self.elements, self.words, self.scripts = [], [], [], []
        self.feed(source)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.stack and self.stack[-1] == tag, f"</{tag}> closes {self.stack[-3:]}"
        self.stack.pop()

    def handle_data(self, data):
        (self.scripts if self.stack[-1:] == ["script"] else self.words).append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def page_of(run, **options):
    return html_text(build_document(run, **options))


@pytest.fixture(scope="module")
def mixed(runs):
    return page_of(runs.mixed())


@pytest.mark.parametrize("name", ["mixed", "hostile", "empty", "passing"])
def test_elements_nest_and_references_resolve(runs, name):
    page = Page(page_of(getattr(runs, name)()))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for attributes in page.all("a") + page.all("use"):
        assert attributes["href"].startswith("#") and attributes["href"][1:] in ids


@pytest.mark.parametrize("name", ["mixed", "hostile"])
def test_it_asks_nothing_of_a_network(runs, name):
    """No element loads anything, and the policy in the page forbids it."""
    source = page_of(getattr(runs, name)())
    page = Page(source)
    for tag, attributes in page.elements:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form"}
        assert not {"src", "srcset", "action", "ping", "style"} & set(attributes)
        assert not any(key.startswith("on") for key in attributes)
    assert set(re.findall(r"https?://[^\"' )]*", source)) <= {"http://www.w3.org/2000/svg"}
    policy = next(a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none';")
    digest = base64.b64encode(hashlib.sha256(page.scripts[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy


def test_hostile_text_is_text_everywhere(runs):
    """The strings come back letter by letter as text; the page holds its own two scripts and no third."""
    source = page_of(runs.hostile())
    page = Page(source)
    assert len(page.all("script")) == 2
    assert runs.HOSTILE.replace("\x07", "") in page.text.replace("\x07", "")
    assert runs.LONG_WORD in page.text
    assert "<script>alert" not in source.lower() and "49" not in re.findall(r"\{\{ (\S+) \}\}", page.text)
    data = json.loads(page.scripts[0])
    assert runs.HOSTILE in {mark[0] for axis in data["axes"].values() for mark in axis["marks"]}


def test_the_data_island_cannot_be_left():
    """JSON inside <script>: neither `</script>`, `<!--` nor an entity may stand in it, and it must parse back."""
    value = {"a": "</script><script>alert(1)</script><!-- & > \u2028 😀"}
    dumped = str(island(value))
    assert not set("<>&\u2028") & set(dumped)
    assert json.loads(dumped) == value


def test_every_chart_has_its_limits_drawn(runs, mixed):
    """Each card with samples has a chart; each chart of a check draws as many limit lines as the check has limits."""
    case = runs.walk()
    cards = re.split(r'<article class="card check', mixed)[1:]
    by_id = {re.search(r'class="id mono">([^<]*)<', card)[1]: card for card in cards[: len(case.verdicts)]}
    for verdict in case.verdicts:
        card = by_id[verdict.check.id]
        bounds = {bound for bound in (verdict.low, verdict.high) if bound is not None}
        if verdict.samples is None:
            assert "No chart: nothing was measured" in card
        elif verdict.check.limit.kind == "never":
            assert "limit: never seen" in card
        else:
            figure = card.split("<figure")[1]
            assert figure.count('<path class="line-limit"') == len(bounds) > 0
    marginal = by_id["latency"].split("<figure")[1]
    assert '<path class="line-marginal"' in marginal and "marginal 54 ms" in marginal
    charts = json.loads(Page(mixed).scripts[0])["charts"]
    assert all(len(chart["lines"]) > 0 for chart in charts.values() if chart["name"] == "latency")


def test_failures_come_first(runs, mixed):
    """Cases and cards in the order of severity."""
    order = ["FAIL", "ERROR", "INCONCLUSIVE", "NOT RUN", "PASS"]
    sections = re.split(r'<div class="case"', mixed)[1:]
    firsts = []
    for part in sections:
        found = [order.index(word) for word in re.findall(r'data-verdict="([^"]*)"', part)]
        assert found == sorted(found) and found
        firsts.append(found[0])
    assert firsts == sorted(firsts)
    listed = mixed.index("What did not pass")
    assert listed < mixed.index("Overview</h2>") and "1.416 s" in mixed[listed : listed + 600]


def test_a_verdict_is_never_colour_alone(mixed):
    """Every badge holds letter, word and icon."""
    badges = re.findall(r'<span class="badge v-[^"]*">(.*?)</span>', mixed)
    assert len(badges) > 20
    for badge in badges:
        assert 'class="icon"' in badge
        assert re.search(r"(P · PASS|F · FAIL|I · INCONCLUSIVE|E · ERROR|N · NOT RUN|\d+ marginal)", badge)
    assert "<small>marginal</small>" in mixed


@pytest.mark.parametrize(
    ("hardware", "stamp"),
    [
        ("virtual", "SIMULATED HARDWARE: not evidence of device performance"),
        ("firmware-image", "SIMULATED HARDWARE: not evidence of device performance"),
        ("simulated-bench", "SIMULATED HARDWARE: not evidence of device performance"),
        ("recording", "RECORDING"),
        ("bench", None),
    ],
)
def test_the_stamp_says_what_evidence_this_is(runs, hardware, stamp):
    """Only a real bench goes without one."""
    page = page_of(runs.run_of(replace(runs.walk(), hardware=hardware)))
    banner = re.search(r'<div class="stamp" role="note">([^<]*)<', page)
    assert (banner is None) if stamp is None else stamp in banner[1]
    mixed = runs.run_of(replace(runs.walk(), hardware="bench"), runs.blocked())
    assert "SIMULATED HARDWARE" in page_of(mixed)


def test_a_long_run_stays_small_and_says_that_it_was_thinned(runs):
    """40 checks of 12 000 pulses: a page of a few megabytes in which the extreme sample is still drawn."""
    whole = runs.walk()
    width = next(item for item in whole.verdicts if item.check.id == "width")
    values = width.samples.values.copy()
    values[7777] = 305.9e-6
    wide = replace(width, samples=replace(width.samples, values=values))
    case = replace(whole, verdicts=tuple(replace(wide, check=replace(wide.check, id=f"w{k}")) for k in range(40)))
    page = page_of(runs.run_of(case, outcome=Outcome.PASS))
    assert len(page) < 5_000_000
    assert re.search(r"12000 samples, \d{3} drawn: the extremes of equal groups, and violations", page)
    chart = next(c for c in json.loads(Page(page).scripts[0])["charts"].values() if c["name"] == "pulse width")
    assert max(chart["y"]) == pytest.approx(305.9) and len(chart["y"]) < 800


def test_a_section_of_a_plugin_appears(runs):
    """Sections come through the catalogue; text in them is text."""

    def build(run):
        return section(
            "Fatigue & <b>notes</b>", text(f"{len(run.cases)} cases <i>seen</i>"), table(("a", "b"), [("1", "x<y")])
        )

    page = page_of(runs.mixed(), sections=(*SECTIONS, SectionSpec("fatigue", 45, build)))
    assert "Fatigue &amp; &lt;b&gt;notes&lt;/b&gt;" in page and "4 cases &lt;i&gt;seen&lt;/i&gt;" in page
    titles = re.findall(r'data-section="([a-z]*)"', page)
    assert titles.index("outcomes") < titles.index("fatigue") < titles.index("requirements")


BROKEN = {
    "raises": lambda run: 1 / 0,
    "unknown-block": lambda run: {"title": "x", "blocks": [{"kind": "magic"}]},
    "no-section": lambda run: 7,
}


@pytest.mark.parametrize("build", BROKEN.values(), ids=BROKEN)
def test_a_broken_plugin_does_not_cost_the_report(runs, build):
    page = page_of(runs.passing(), sections=(*SECTIONS, SectionSpec("broken", 99, build)))
    assert "could not be built" in page or "unknown kind: magic" in page
    assert "All 4 checks of 1 case passed." in page


def test_numbers_stand_in_the_cards(mixed):
    """Criterion in words, value with U, margin, n, effective n, dropped, reason, requirement, place."""
    page = Page(mixed)
    for words in (
        "Every sample at most 60 ms.", "(55.8 ± 1.1) ms", "59 (needs 35)", "71.4", "until “peel”", "LIB-SAF-007",
        "At least 90 % of the samples at least 5 mm, shown at 95 % confidence.", "scenarios/walk.scenario.yaml:44",
        "stimrig run cases/001-scn-walk-rug-peel-1/case.yaml", "±105 mA", "integral non-linearity",
        "0 s of 5 ms allowed",
        "OPEN: passed, but the evidence does not reach measured@bench", "radio_loss: the device has no feature radio",
    ):  # fmt: skip
        assert words in page.text or words.startswith("OPEN")
    assert not np.any([word in page.text for word in ("nan", "None", "inf ")])
