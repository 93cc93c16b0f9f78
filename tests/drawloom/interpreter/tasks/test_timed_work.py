"""Work that may be interrupted is so while it goes on, and at no other time: the error would be raised where nobody takes it."""

import threading
import time

from drawloom.interpreter.tasks.timeouts import OverrunError, TimedWork


def test_what_is_interrupted_before_it_begins_is_not_done():
    done = []
    timed = TimedWork(lambda: done.append(1))
    timed.interrupt()
    timed()
    assert done == []


def test_what_has_ended_is_not_interrupted():
    done = []
    timed = TimedWork(lambda: done.append(1))
    timed()
    timed.interrupt()
    for _ in range(10_000):  # where a thrown error would be raised
        done[0] += 1
    assert done == [10_001]


def test_what_goes_on_is_interrupted_and_its_thread_ends_quietly(monkeypatch):
    loud, begun, raised = [], threading.Event(), []
    monkeypatch.setattr(threading, "excepthook", loud.append)

    def work():
        begun.set()
        try:
            while True:
                time.sleep(0.001)
        except OverrunError as error:
            raised.append(error)
            raise

    timed = TimedWork(work)
    thread = threading.Thread(target=timed)
    thread.start()
    begun.wait()
    timed.interrupt()
    thread.join(60)
    assert not thread.is_alive()
    assert len(raised) == 1
    assert loud == []
