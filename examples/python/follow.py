"""Follows closed candles into a CSV file, each once, and resumes where it was after any break.

python3 follow.py [http://localhost:8000] [candles.csv]

The last id is written beside the file together with the rows: whatever ends the program, its next run resumes
there (for 72 hours). Nothing but Python's own library is needed.
"""

import csv
import json
import pathlib
import sys
import time
import urllib.error
import urllib.request

SERVER = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
FILE = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "candles.csv")
PLACE = FILE.with_suffix(".place.json")
QUERY = "/stream?products=BTC-USD,ETH-USD&granularities=ONE_MINUTE&closed=true"
COLUMNS = ("product_id", "timestamp", "open", "high", "low", "close", "volume", "trades", "exact", "revision")
# The server sends something at least every 15 seconds.
SILENCE_SECONDS = 45


def events(last_event_id):
    """Yields (event, id, data) of one connection, until it ends. Data is None where a block has none."""
    headers = {"Accept": "text/event-stream"}
    if last_event_id:
        headers["Last-Event-ID"] = last_event_id
    request = urllib.request.Request(SERVER + QUERY, headers=headers)
    with urllib.request.urlopen(request, timeout=SILENCE_SECONDS) as response:
        fields = {}
        for line in response:
            name, _, value = line.decode().rstrip("\r\n").partition(":")
            if name:
                fields[name] = value.removeprefix(" ")
            elif fields:
                yield fields.get("event"), fields.get("id"), fields.get("data")
                fields = {}


def read_place():
    """The last id, and how long the file was then; the beginning if there is none."""
    try:
        place = json.loads(PLACE.read_text())
        return place["id"], place["length"]
    except (OSError, ValueError, KeyError):
        return None, 0


def write_place(last_event_id, length):
    """Replaces the file in one step, so that no crash leaves half of it."""
    new = PLACE.with_suffix(".new")
    new.write_text(json.dumps({"id": last_event_id, "length": length}))
    new.replace(PLACE)


def follow():
    last_event_id, length = read_place()
    with FILE.open("a", newline="") as file:
        # A row that was written without its id comes again.
        file.truncate(length)
        rows = csv.writer(file)
        if length == 0:
            rows.writerow(COLUMNS)
        for event, event_id, data in events(last_event_id):
            if event == "reset":
                print("some closed candles were missed: read /api/candles for them", file=sys.stderr)
            elif event == "candle" and data is not None:
                # Prices keep all their digits as the text that they came in.
                candle = json.loads(data, parse_float=str)
                rows.writerow([candle[column] for column in COLUMNS])
                print(candle["product_id"], candle["timestamp"], candle["close"], flush=True)
            file.flush()
            if event_id is not None:
                write_place(event_id, file.tell())


wait = 1
while True:
    try:
        began = time.monotonic()
        follow()
    except (OSError, urllib.error.URLError) as error:
        print(f"{SERVER}: {error}; again in {wait} s", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        break
    if time.monotonic() - began > 60:
        wait = 1
    time.sleep(wait)
    wait = min(wait * 2, 30)
