"""Work in child processes: where a runtime dies or hangs, it takes only one job with it."""

import dataclasses
import multiprocessing
import threading


@dataclasses.dataclass
class Outcome:
    """result: what the work returned. Where its process died or was silent for too long: None, the exit code (None: it was killed),
    and what the work had told last."""

    result: object = None
    exit_code: int | None = 0
    told: object = None


def _child(jobs, work, connection):
    for key, argument in jobs:
        connection.send(('tell', key, None))
        connection.send(('done', key, work(argument, lambda said, key=key: connection.send(('tell', key, said)))))
    connection.close()


def _supervise(jobs, work, outcomes, patience):
    """All jobs in one child after the other, a new one after each death."""
    context = multiprocessing.get_context('fork')
    while jobs:
        receiver, sender = context.Pipe(duplex=False)
        child = context.Process(target=_child, args=(jobs, work, sender))
        child.start()
        sender.close()
        at, told = jobs[0][0], None
        try:
            while receiver.poll(patience):
                kind, at, said = receiver.recv()
                if kind == 'done':
                    outcomes[at] = Outcome(said)
                told = said
            child.kill()
            outcomes[at] = Outcome(None, None, told)
        except EOFError:
            pass
        child.join()
        if child.exitcode and at not in outcomes:
            outcomes[at] = Outcome(None, child.exitcode, told)
        jobs = [job for job in jobs if job[0] not in outcomes]


def run(jobs, work, workers=2, patience=None):
    """jobs: {key: argument}. work(argument, tell) runs in a child, which is killed after `patience` seconds without a word.
    -> {key: Outcome}"""
    outcomes, jobs = {}, list(jobs.items())
    threads = [threading.Thread(target=_supervise, args=(jobs[k::workers], work, outcomes, patience)) for k in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
