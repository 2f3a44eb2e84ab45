"""The addresses of the follow-up by telephone."""

from django.urls import path

from . import views

urlpatterns = [
    path("next/", views.next_call, name="call_next"),
    path("<str:number>/", views.call, name="call"),
]
