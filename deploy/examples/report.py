#!/usr/bin/python3
"""Sends one report over HTTP and asks how it stands: what a bot does, with Python and nothing else.

    SIGAP_TOKEN=sigap_... deploy/examples/report.py "Nenek di Wlingi tinggal sendiri, mohon ditengok." [MESSAGE-ID]

The same MESSAGE-ID sent again gets the first ticket again: not heard, send again.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

BASE = os.environ.get("SIGAP_URL", "http://127.0.0.1:8080")


def send(report, token):
    """202: kept. 429 and 5xx: come again after Retry-After. Every other 4xx: the report does not fit, the answer says why."""
    for tried in range(5):
        request = urllib.request.Request(f"{BASE}/v1/reports", json.dumps(report).encode(), method="POST", headers={
            "Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            if refused.code != 429 and refused.code < 500:
                problem = json.load(refused)
                sys.exit(f"refused ({refused.code}): {problem['title']} {problem.get('detail', '')}")
            time.sleep(int(refused.headers.get("Retry-After", 5)))
        except OSError:
            time.sleep(2**tried)  # no answer says nothing: the report may be kept, its id makes sending again harmless
    sys.exit("no answer; if a life is in danger call 112")


def main():
    if len(sys.argv) < 2 or "SIGAP_TOKEN" not in os.environ:
        sys.exit(__doc__)
    identity = sys.argv[2] if len(sys.argv) > 2 else str(uuid.uuid4())
    receipt = send({"source": "example", "text": sys.argv[1], "external_id": identity}, os.environ["SIGAP_TOKEN"])
    print(receipt["ticket"], receipt["message"], sep="\n")
    if "emergency" in receipt:
        print(receipt["emergency"]["text"])
    with urllib.request.urlopen(BASE + receipt["status_url"], timeout=10) as answer:
        standing = json.load(answer)
    print(f"{standing['state']}: {standing['message']}")


if __name__ == "__main__":
    main()
