"""How does a message leave the house? Written with the change it tells of; sent by the worker, with retries."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from urllib.request import Request, urlopen

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from suqiu.citizens.contact import decrypt, encrypt, mask_phone, normal_phone

from .models import Message

log = logging.getLogger("suqiu.outbox")
TRIES_AT_MOST = 8
SECONDS_TO_WAIT = 10


def write(*, key: str, channel: str, to: str, body: str, at: datetime, case_number: str = "") -> Message | None:
    """Puts one message into the outbox and asks the worker to send it; the same key is written once."""
    if not to:
        return None
    masked = mask_phone(to) if channel == Message.Channel.SMS else _mask_address(to)
    values = {
        "channel": channel,
        "to_sealed": encrypt(to),
        "to_masked": masked,
        "body": body,
        "at": at,
        "case_number": case_number,
    }
    message, is_new = Message.objects.get_or_create(key=key, defaults=values)
    if is_new:
        from .tasks import send

        send.defer(message_id=message.pk)
    return message


def send_now(message_id: int, now: datetime | None = None) -> bool:
    """Sends one message that waits; true when nothing is left to do. A failure is noted with its reason and its next try."""
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(skip_locked=True)
            .filter(pk=message_id, status=Message.Status.WAITING)
            .first()
        )
        if message is None:
            return True
        message.tries += 1
        try:
            _SENDERS[message.channel](decrypt(message.to_sealed), message.body)
        except (OSError, smtplib.SMTPException) as error:
            return _note_failure(message, error, now or timezone.now())
        message.status, message.sent_at, message.why, message.next_try_at = (
            Message.Status.SENT,
            now or timezone.now(),
            "",
            None,
        )
        message.save()
        return True


def _note_failure(message: Message, error: Exception, now: datetime) -> bool:
    message.why = f"{type(error).__name__}: {error}"[:200]
    is_over = message.tries >= TRIES_AT_MOST
    message.status = Message.Status.FAILED if is_over else Message.Status.WAITING
    message.next_try_at = None if is_over else now + timedelta(seconds=15 * 2**message.tries)
    message.save()
    log.warning("message %s not sent (try %s): %s", message.pk, message.tries, message.why)
    return is_over


def _sms(to: str, body: str) -> None:
    """The operator's HTTP interface when one is set; else the mailbox page of development, which reads this table."""
    if not settings.SMS_ADDRESS:
        return _only_in_the_mailbox("SUQIU_SMS_ADDRESS")
    from json import dumps

    request = Request(
        settings.SMS_ADDRESS,
        dumps({"to": normal_phone(to), "text": body}).encode(),
        {"Content-Type": "application/json"},
    )
    with urlopen(request, timeout=SECONDS_TO_WAIT):
        pass


def _email(to: str, body: str) -> None:
    if not settings.SMTP_HOST:
        return _only_in_the_mailbox("SUQIU_SMTP_HOST")
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = settings.SMTP_FROM, to, body.splitlines()[0][:60]
    letter.set_content(body)
    with smtplib.SMTP(settings.SMTP_HOST, settings.SMTP_PORT, timeout=SECONDS_TO_WAIT) as smtp:
        smtp.send_message(letter)


def _only_in_the_mailbox(setting: str) -> None:
    """The demo's mailbox page is the fake at the other end; a real installation must not count an unsent message as sent."""
    if not settings.DEMO:
        raise OSError(f"{setting} is not set")


_SENDERS: dict[str, Callable[[str, str], None]] = {"sms": _sms, "email": _email}


def _mask_address(address: str) -> str:
    name, _at, host = address.partition("@")
    return f"{name[:1]}***@{host}"
