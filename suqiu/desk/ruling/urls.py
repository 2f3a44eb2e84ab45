"""The addresses of rulings: what was ruled and waits, what was sent past the catalogue, one question."""

from django.urls import path

from . import overrides_views, views

urlpatterns = [
    path("", views.rulings, name="rulings"),
    path("overrides/", overrides_views.overrides, name="overrides"),
    path("<str:number>/", views.ruling, name="ruling"),
]
