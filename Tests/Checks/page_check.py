#!/usr/bin/env python3
"""Opens the page of `vitals report` in headless Chromium: nothing runs, nothing is fetched, and what it says is what the commands say.

    page_check.py VITALS DATABASE

Of a name with a script, escape codes and a mark that turns the direction of writing all show as text; what is folded away is printed.
Screenshots at 1280 and 390 px stay in a temporary folder, whose name is printed. A page with planted errors must be found out.
"""
import collections, csv, io, os, re, shutil, subprocess, sys, tempfile
from html.parser import HTMLParser

vitals, database = sys.argv[1:3]
folder = tempfile.mkdtemp(prefix="vitals-page-")
hostile = "<script>alert(1)</script>"


def run(*words):
    return subprocess.run([vitals, *words, "--db", database], check=True, capture_output=True, text=True).stdout


def chromium(*words):
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr", "--v=0",
               "--user-data-dir=" + folder + "/profile", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


class Page(HTMLParser):
    """The tables by caption, and every element that would fetch or run something."""

    def __init__(self):
        super().__init__()
        self.tables, self.text, self.suspicious, self.charts, self.into = {}, [], [], 0, None

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        if tag in ("script", "img", "iframe", "link", "object", "embed", "base", "form"):
            self.suspicious.append(tag)
        self.suspicious += [name for name in names if name.startswith("on") or name in ("src", "href", "xlink:href")]
        self.charts += names.get("role") == "img" and "aria-labelledby" in names
        if tag == "table":
            self.rows, self.caption = [], ""
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")
        if tag in ("th", "td", "caption"):
            self.into = tag

    def handle_endtag(self, tag):
        if tag == "table":
            self.tables[self.caption] = self.rows
        if tag == self.into:
            self.into = None

    def handle_data(self, data):
        self.text.append(data)
        if self.into == "caption":
            self.caption += data
        elif self.into:
            self.rows[-1][-1] += data


def requests(path):
    """The hosts that are asked while a page is looked at."""
    log = folder + "/net.json"
    if os.path.exists(log):
        os.remove(log)
    chromium("--log-net-log=" + log, "--dump-dom", "--virtual-time-budget=2000", "file://" + path)
    return set(re.findall(r'"url":"((?:https?|wss?)://[^"/?]*)', open(log).read()))


def faults(path):
    """What is wrong with how a page behaves, as sentences."""
    found = []
    done = chromium("--dump-dom", "--virtual-time-budget=2000", "file://" + path)
    found += ["console: " + line for line in done.stderr.splitlines() if "CONSOLE" in line]
    page = Page()
    page.feed(done.stdout)
    found += ["fetches or runs: " + what for what in page.suspicious]
    found += ["request: " + url for url in sorted(requests(path) - usual)]
    if "<h1>" not in done.stdout or not page.text:
        found.append("the page is empty")
    return found, page


def expect(holds, what):
    if not holds:
        sys.exit("page_check: " + what)


# What the browser asks for by itself, it asks for with an empty page too.
empty = folder + "/empty.html"
open(empty, "w").write("<!doctype html><title>empty</title>")
usual = requests(empty) | requests(empty)

account = next(csv.DictReader(io.StringIO(run("score", "--csv"))))
# A name as nobody should have: the feed that ships takes it in.
names = folder + "/vitals-attributes.csv"
with open(names, "w", newline="") as file:
    csv.writer(file).writerows([["account", "attribute", "day", "value"],
                                [account["account"], "name", account["as_of"], hostile + " \x1b[31mred\x1b[0m \u202egnitirw\u202c שלום"]])
run("import", names)
account = next(row for row in csv.DictReader(io.StringIO(run("score", "--csv"))) if row["account"] == account["account"])
expect(hostile in account["name"] and "\x1b" not in account["name"] and "\u202e" not in account["name"], "a name passes escape codes on")
run("note", account["account"], hostile + " \x1b]0;title\x07", "--on", account["as_of"])
path = folder + "/health.html"
run("report", "-o", path, "--account", account["account"], "--by", "segment", "--outcome", "churn", "--card", "five-dimensions")
found, page = faults(path)
expect(not found, "\n".join(found))
text = "".join(page.text)
expect(hostile in text and "\x1b" not in text and "\u202e" not in text, "the note does not show as text")
expect(text.count(hostile) > 2 and account["name"] in text, "the name does not show as text")
for heading in ("Portfolio now", "Trend by band", "Movement between bands", "What moved it", "Who needs somebody first", "Data quality", "Did the score foresee churn?", account["name"]):
    expect(heading in text, heading + " is missing")
expect(page.charts == 5, f"{page.charts} charts with a name instead of 5")
tenths = page.tables["churn by tenths of risk, the lowest first"]
judged = [row for row in csv.DictReader(io.StringIO(run("backtest", "--card", "five-dimensions", "--outcome", "churn", "--csv")))
          if row["part"] == "calibration"]
expect([row[1].replace(",", "") for row in tenths[1:]] == [row["n"] for row in judged], "the tenths are not those of backtest")

desks = page.tables["The book by CSM on " + account["as_of"] + ", the heaviest first"]
book = list(csv.DictReader(io.StringIO(run("book", "--csv"))))
expect({row[0]: int(row[1]) for row in desks[1:]} == dict(collections.Counter(row["csm"] or "–" for row in book)), "the desks are not those of the book")

weeks = page.tables["Accounts by band, week by week"]
first = weeks[1][1]
trend = list(csv.DictReader(io.StringIO(run("trend", "--weekly", "--from", first, "--to", account["as_of"], "--csv"))))
expect(len(trend) == len(weeks) - 1 > 10, f"{len(weeks) - 1} weeks instead of {len(trend)}")
for row, week in zip(weeks[1:], trend):
    wanted = [week["as_of"], week["accounts"]] + [week["band." + name] for name in weeks[0][4:-1]] + [week["unknown"]]
    expect(row[1:3] + row[4:] == wanted, f"week {row} instead of {wanted}")
days = next(rows for caption, rows in page.tables.items() if caption.startswith("Score and dimensions of"))
expect(days[-1][:3] == [account["as_of"], account["shown"], account["band"]], f"the last day is {days[-1]}")

# The control: each planted error is found.
plants = {
    "console: ": "<script>console.error('planted')</script>",
    "fetches or runs: onload": "<svg onload='1'></svg>",
    "fetches or runs: src": "<img src='x.png'>",
    "request: ": "<img src='http://vitals.invalid/x.png'>",
}
source = open(path).read()
for sentence, plant in plants.items():
    bad = folder + "/planted.html"
    open(bad, "w").write(re.sub(r"<meta http-equiv[^>]*>", "", source).replace("<main>", plant + "<main>"))
    expect(any(fault.startswith(sentence) for fault in faults(bad)[0]), "a planted error is not found: " + plant)

if shutil.which("pdftotext"):
    chromium("--print-to-pdf=" + folder + "/page.pdf", "--no-pdf-header-footer", "file://" + path)
    printed = subprocess.run(["pdftotext", "-layout", folder + "/page.pdf", "-"], check=True, capture_output=True, text=True).stdout
    for caption in ("Accounts by band, week by week", "What scores came to"):
        expect(caption in printed, "what is folded away is not printed: " + caption)

frame = folder + "/narrow.html"
open(frame, "w").write(f'<body style="margin:0"><iframe src="file://{path}" style="width:390px;height:3000px;border:0"></iframe>')
chromium("--screenshot=" + folder + "/1280.png", "--window-size=1280,3000", "file://" + path)
chromium("--screenshot=" + folder + "/390.png", "--window-size=500,3000", "file://" + frame)
for name in ("1280.png", "390.png"):
    expect(os.path.getsize(folder + "/" + name) > 10_000, name + " is empty")
print("page_check: all holds; screenshots in " + folder)
