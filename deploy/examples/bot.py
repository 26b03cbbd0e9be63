#!/usr/bin/python3
"""Sends reports over ZeroMQ: the door for bots that speak protobuf (proto/submit.proto).

    SIGAP_TOKEN=sigap_... deploy/examples/bot.py [--door ipc:///var/lib/sigap/run/intake.door] < messages.jsonl

Reads one message a line, {"id": ..., "text": ..., "from": ..., "lat": ..., "lon": ..., "urgent": ...}; all but id and text
may be missing. Prints id and ticket, or why a message was refused. Needs python3-zmq, python3-protobuf and protoc.

An answer that does not come in time says nothing: the report may be kept. The message is sent again under the same
idempotency key and gets the same ticket, however often.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import zmq

PROTO = Path(__file__).resolve().parents[2] / "proto"
TRIES = 5
ANSWER_MS = 5000


def read_contract():
    """The messages, made from the contract itself."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["protoc", f"-I{PROTO}", f"--python_out={folder}", str(PROTO / "submit.proto")], check=True)
        sys.path.insert(0, folder)
        import submit_pb2

        return submit_pb2


class Door:
    def __init__(self, endpoint, token):
        self.contract, self.endpoint, self.token, self.number = read_contract(), endpoint, token, 0
        self.context = zmq.Context()
        self.connect()

    def connect(self):
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.connect(self.endpoint)

    def report_of(self, message):
        report = self.contract.SubmitReport(
            token=self.token, channel="example", idempotency_key=f"example-{message['id']}", text=message["text"],
            external_id=str(message["id"]), urgent=bool(message.get("urgent")), training=bool(message.get("training")))
        if "lat" in message and "lon" in message:
            report.located, report.latitude, report.longitude = True, message["lat"], message["lon"]
        if message.get("from"):
            # Only when the reporter has agreed to be written to; an address may be in an offender's hands.
            report.reporter_channel, report.reporter_address = "example", str(message["from"])
            report.may_contact = bool(message.get("may_contact"))
        return report

    def ask(self, report):
        """The answer to this report, or None when none came in time."""
        self.number += 1
        report.number = self.number
        self.socket.send(report.SerializeToString())
        until = time.monotonic() + ANSWER_MS / 1000
        while (left := until - time.monotonic()) > 0 and self.socket.poll(int(left * 1000)):
            answer = self.contract.SubmitAnswer.FromString(self.socket.recv())
            if answer.number == self.number:  # another is the late answer to a report that was sent again
                return answer
        return None

    def submit(self, message):
        """Ticket, or raises with the reason."""
        report = self.report_of(message)
        for tried in range(TRIES):
            answer = self.ask(report)
            if answer is not None and answer.WhichOneof("answer") == "accepted":
                return answer.accepted.ticket
            if answer is not None and answer.refused.status not in (429, 503):
                raise ValueError(f"{answer.refused.status} {answer.refused.reason}")
            if answer is None:
                self.socket.close()
                self.connect()
            time.sleep(max(answer.refused.retry_after_s if answer is not None else 0, 2**tried / 10))
        raise TimeoutError("no answer; if a life is in danger call 112")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--door", default="ipc:///var/lib/sigap/run/intake.door")
    arguments = options.parse_args()
    if "SIGAP_TOKEN" not in os.environ:
        sys.exit("SIGAP_TOKEN is missing; make one with: sigapctl token issue NAME")
    door = Door(arguments.door, os.environ["SIGAP_TOKEN"])
    failed = 0
    for line in sys.stdin:
        message = json.loads(line)
        try:
            print(message["id"], door.submit(message), flush=True)
        except (ValueError, TimeoutError) as error:
            print(message["id"], "refused:", error, file=sys.stderr)
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
