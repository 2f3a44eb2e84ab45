"""Runs the worker: reactions, the outbox, and what is done by the clock."""

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app

POLL_SECONDS = 0.5  # jobs that share a lock start at the next poll


class Command(BaseCommand):
    help = "Runs the worker until it is stopped."

    def handle(self, **options) -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as worker:
            worker.run_worker(
                fetch_job_polling_interval=POLL_SECONDS, delete_jobs="successful", concurrency=1, name="suqiu"
            )
