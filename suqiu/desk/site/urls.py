"""The addresses of the handler on site; names stand in the desk's own space."""

from django.urls import path

from . import calling, views

urlpatterns = [
    path("", views.today, name="site"),
    path("worker.js", views.worker, name="site_worker"),
    path("me/", views.me, name="site_me"),
    path("shell/<slug:name>/", views.shell, name="site_shell"),
    path("<str:number>/visit/", views.visit, name="site_visit"),
    path("<str:number>/contact/", views.contact, name="site_contact"),
    path("<str:number>/call/", calling.call, name="site_call"),
    path("<str:number>/sign/", views.sign, name="site_sign"),
]
