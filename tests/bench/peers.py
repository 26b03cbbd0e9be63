"""Programs that do less or otherwise than we do, on servers of this machine: built from the folder given, each run on a
server of its own in a temporary folder on the same disk. What is not installed is said, not measured."""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time

RATE = re.compile(r"([0-9.]+) (?:messages|reports)/s")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def build(source, folder, *flags):
    program = folder / source.stem
    done = subprocess.run(["cc", "-O2", "-o", program, source, *flags], capture_output=True, text=True)
    return (program, None) if done.returncode == 0 else (None, {"missing": done.stderr.strip().splitlines()[0][:200]})


def rate(command, timeout=600, **more):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=timeout, **more)
    found = RATE.search(done.stdout)
    return {"per_s": float(found.group(1))} if found else {"failed": (done.stdout + done.stderr).strip()[-300:]}


def find(name, *folders):
    return next((path for folder in folders if os.access(path := os.path.join(folder, name), os.X_OK)), shutil.which(name))


def postgresql(source, folder, reports):
    """A cluster of its own with default settings (fsync and synchronous_commit on)."""
    versions = sorted(os.listdir("/usr/lib/postgresql"), key=float) if os.path.isdir("/usr/lib/postgresql") else []
    binaries = f"/usr/lib/postgresql/{versions[-1]}/bin" if versions else ""
    if not find("initdb", binaries):
        return {"missing": "postgresql is not installed"}
    program, problem = build(source, folder, "-I/usr/include/postgresql", "-lpq", "-lpthread")
    if problem:
        return problem
    user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    as_user = ["setpriv", "--reuid", user, "--regid", user, "--init-groups"] if os.getuid() == 0 else []
    place, port = folder / "pg", free_port()
    place.mkdir()
    folder.chmod(0o755)
    if as_user:
        shutil.chown(place, user)
    subprocess.run([*as_user, f"{binaries}/initdb", "-D", place / "data", "-A", "trust", "-U", user], check=True,
                   capture_output=True, cwd=place)
    server = subprocess.Popen([*as_user, f"{binaries}/postgres", "-D", place / "data", "-p", str(port), "-k", place,
                               "-c", "listen_addresses="], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=place)
    try:
        for _ in range(100):
            if subprocess.run([f"{binaries}/pg_isready", "-h", place, "-p", str(port)], capture_output=True).returncode == 0:
                break
            time.sleep(0.1)
        return rate([program, reports, f"host={place} port={port} user={user} dbname=postgres"])
    finally:
        server.terminate()
        server.wait(30)


def end_tree(server):
    """The server and what it started: it runs in a session of its own."""
    try:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
    except (ProcessLookupError, subprocess.TimeoutExpired):
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(30)


def rabbitmq(source, folder, reports):
    """A node of its own with default settings, everything of it below the folder; the program knows port 5672 only."""
    command = find("rabbitmq-server", "/usr/lib/rabbitmq/bin", "/usr/sbin")
    if not command:
        return {"missing": "rabbitmq-server is not installed"}
    program, problem = build(source, folder, "-lrabbitmq", "-lpthread")
    if problem:
        return problem
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", 5672)) == 0:
            return {"missing": "port 5672 is taken by another server"}
    place = folder / "rabbitmq"
    place.mkdir()
    for name in ("rabbitmq.conf", "enabled_plugins"):
        (place / name).write_text("" if name.endswith("conf") else "[].")
    environment = {**os.environ, "HOME": str(place), "RABBITMQ_NODENAME": f"bench{os.getpid()}@localhost",
                   "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1", "RABBITMQ_MNESIA_BASE": str(place / "mnesia"),
                   "RABBITMQ_LOG_BASE": str(place / "log"), "RABBITMQ_CONFIG_FILE": str(place / "rabbitmq.conf"),
                   "RABBITMQ_ENABLED_PLUGINS_FILE": str(place / "enabled_plugins"), "ERL_EPMD_ADDRESS": "127.0.0.1",
                   "ERL_EPMD_PORT": str(free_port())}
    server = started([command], 5672, tries=600, start_new_session=True, env=environment, cwd=place)
    try:
        time.sleep(3)  # the port opens before the node says it is ready
        return rate([program, reports, "quorum"])
    finally:
        end_tree(server)
        subprocess.run(["epmd", "-kill"], env=environment, capture_output=True)


def started(command, port, tries=100, **more):
    server = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    for _ in range(tries):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    return server


def nats(source, folder, reports):
    if not find("nats-server", "/usr/sbin"):
        return {"missing": "nats-server is not installed"}
    program, problem = build(source, folder, "-lnats", "-lpthread")
    if problem:
        return problem
    port = free_port()
    server = started([find("nats-server", "/usr/sbin"), "-js", "-sd", folder / "nats", "-a", "127.0.0.1", "-p", port], port)
    try:
        return rate([program, reports, f"nats://127.0.0.1:{port}"])
    finally:
        server.terminate()
        server.wait(30)


def redis(source, folder, reports):
    if not find("redis-server"):
        return {"missing": "redis-server is not installed"}
    program, problem = build(source, folder, "-lhiredis", "-lpthread")
    if problem:
        return problem
    (folder / "redis").mkdir()
    port = free_port()
    server = started([find("redis-server"), "--port", port, "--bind", "127.0.0.1", "--dir", folder / "redis", "--appendonly",
                      "yes", "--appendfsync", "always", "--save", ""], port)
    try:
        return rate([program, reports, port])
    finally:
        server.terminate()
        server.wait(30)


PROGRAMS = {"hops_rabbit.c": ("rabbitmq_quorum", rabbitmq), "pg_pipeline.c": ("postgresql_pipeline", postgresql),
            "hops_nats.c": ("nats_jetstream", nats), "hops_redis.c": ("redis_streams", redis)}


def measure(sources, base, reports):
    folder = base / "peers"
    folder.mkdir()
    base.chmod(0o755)  # the database server runs as a user of its own
    results = {}
    for name, (title, run) in PROGRAMS.items():
        if not (sources / name).exists():
            results[title] = {"missing": f"{sources / name} is not there"}
            continue
        try:
            results[title] = run(sources / name, folder, reports)
        except (OSError, subprocess.SubprocessError) as problem:
            results[title] = {"failed": str(problem)[:300]}
    return results
