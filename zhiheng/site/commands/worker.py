"""Runs queued jobs one after the other, and keeps the schedule when asked to."""

from __future__ import annotations

import argparse
import threading

from zhiheng.errors import ZhihengError
from zhiheng.site import setup
from zhiheng.site.cli import say
from zhiheng.site.commands import migrate

PAUSE_SECONDS = 1.0
SEAL_SECONDS = 1.0
SEAL_AGAIN_SECONDS = 60.0
"""How long a log that refuses is left alone; the refusal stands in the journal of the system meanwhile."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``zhiheng worker``."""
    parser.add_argument("--batch", action="store_true", help="run what is queued now, then end")
    parser.add_argument(
        "--tick-every", type=float, default=0, metavar="SECONDS", help="keep the schedule too"
    )


def run(args: argparse.Namespace) -> int:
    """Work until interrupted, or until the queue is empty."""
    setup.start()
    migrate.require_up_to_date()
    from django.utils.crypto import get_random_string
    from django_tasks_db.management.commands.db_worker import Worker

    worker = Worker(
        queue_names=["default"],
        interval=PAUSE_SECONDS,
        batch=args.batch,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )
    worker.configure_signals()
    if args.tick_every > 0:
        threading.Thread(target=_keep_schedule, args=(args.tick_every,), daemon=True).start()
    if not args.batch:
        threading.Thread(target=_keep_sealed, daemon=True).start()
    worker.run()
    return 0


def _keep_sealed() -> None:
    """Seal what was published, a second later at most: one look at an index when nothing was."""
    from django.db import close_old_connections

    from zhiheng.ledger.sealing import sequencer

    pause = threading.Event()
    while not pause.wait(SEAL_SECONDS):
        close_old_connections()
        try:
            if sequencer.is_behind():
                sequencer.seal_now()
        except ZhihengError as error:
            say(f"worker: the log could not be sealed: {error.cause}")
            pause.wait(SEAL_AGAIN_SECONDS)
        except Exception as error:  # the database may be away for a moment; the next turn comes anyway
            say(f"worker: the log could not be sealed ({type(error).__name__})")
            pause.wait(SEAL_AGAIN_SECONDS)
        finally:
            close_old_connections()


def _keep_schedule(seconds: float) -> None:
    from django.db import close_old_connections

    from zhiheng.site import schedule

    pause = threading.Event()
    while not pause.wait(seconds):
        close_old_connections()
        try:
            schedule.tick()
        except Exception as error:  # the database may be away for a moment; the next turn comes anyway
            say(f"worker: the schedule could not be kept ({type(error).__name__})")
        finally:
            close_old_connections()
