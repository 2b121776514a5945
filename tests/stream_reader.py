"""Reads two candles of a stream with nothing but Python: its URL and a last event id, then prints them."""

import json
import sys
import urllib.request


def events(url, last_event_id):
    headers = {"Accept": "text/event-stream"}
    if last_event_id:
        headers["Last-Event-ID"] = last_event_id
    fields = {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
        for line in response:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
                continue
            if "data" in fields:
                yield fields
            fields = {}


url, last_event_id, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
for _, event in zip(range(count), events(url, last_event_id)):
    candle = json.loads(event["data"])
    print(event["event"], event["id"], candle["timestamp"], flush=True)
