"""The addresses of the phone desk."""

from django.urls import path

from . import caller_views, event_views, limit_views, live_views, views

urlpatterns = [
    path("intake/", views.intake, name="intake"),
    path("intake/saved/", views.saved, name="intake_saved"),
    path("phone/look/", live_views.look, name="phone_look"),
    path("phone/suggest/", live_views.suggest, name="phone_suggest"),
    path("phone/draft/", live_views.draft, name="phone_draft"),
    path("phone/events/", event_views.events, name="events"),
    path("phone/events/<int:pk>/", event_views.event, name="event"),
    path("phone/caller/", caller_views.caller, name="caller"),
    path("phone/caller/<str:number>/", caller_views.case, name="caller_case"),
    path("phone/caller/<str:number>/step/<slug:name>/", caller_views.step, name="caller_step"),
    path("phone/caller/<str:number>/limit/", limit_views.caller_limit, name="caller_limit"),
    path("phone/caller/<str:number>/code/", caller_views.code, name="caller_code"),
]
