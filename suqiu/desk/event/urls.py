"""The addresses of an event with many callers, by the number of the case that is handled for all."""

from django.urls import path

from . import views

urlpatterns = [
    path("<str:number>/", views.event, name="event_callers"),
    path("<str:number>/join/", views.join, name="event_join"),
]
