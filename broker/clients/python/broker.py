"""A broker of a script's own: started, killed, started again over the same data.

RINGLOG names it. Whatever ends the script leaves no process behind that it started through `run`.
"""
import atexit
import os
import subprocess
import time

STARTED = []


@atexit.register
def end_all():
    """What still lives would hold its port."""
    for process in STARTED:
        if process.poll() is None:
            process.kill()
            process.wait()


def run(command, **files):
    STARTED.append(subprocess.Popen(command, **files))
    return STARTED[-1]


def log(path):
    """A new file for what a process says. Only that writes through it: whoever reads opens it again, since a
    descriptor that is shared has one position for both."""
    open(path, "w").close()
    return open(path, "a")


class Broker:
    def __init__(self, log_path, data, bootstrap, flags=()):
        """`data`: its directory, or a list of several."""
        self.data, self.log = data, log(log_path)
        dirs = ["--data", data] if isinstance(data, str) else ["--set", f"data.dirs={','.join(data)}"]
        self.command = [os.environ["RINGLOG"], "dev", *dirs, "--kafka", bootstrap, "--admin", "off", *flags]
        self.start()

    def start(self):
        """Returns when it serves."""
        at = os.path.getsize(self.log.name)
        self.process = run(self.command, stdout=self.log, stderr=self.log)
        until = time.monotonic() + 60
        while True:
            with open(self.log.name) as said:
                said.seek(at)
                if "READY in " in said.read():
                    return
            assert self.process.poll() is None, f"the broker ended with {self.process.poll()}, see {self.log.name}"
            assert time.monotonic() < until, f"the broker is not ready after a minute, see {self.log.name}"
            time.sleep(0.05)

    def kill(self):
        assert self.process.poll() is None, f"the broker ended by itself with {self.process.poll()}"
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Its exit status."""
        self.process.terminate()
        return self.process.wait(60)
