"""The addresses of the staff door."""

from django.urls import path

from . import case_views, door_views, intake_views, list_views, office_views

app_name = "desk"

urlpatterns = [
    path("login/", door_views.login, name="login"),
    path("logout/", door_views.logout, name="logout"),
    path("desk/", list_views.today, name="today"),
    path("desk/queue/<slug:name>/", list_views.queue, name="queue"),
    path("desk/case/<str:number>/", case_views.case, name="case"),
    path("desk/case/<str:number>/step/<slug:name>/", case_views.step, name="step"),
    path("desk/case/<str:number>/reveal/", case_views.reveal, name="reveal"),
    path("desk/file/<int:pk>/", case_views.file, name="file"),
    path("desk/intake/", intake_views.intake, name="intake"),
    path("desk/intake/saved/", intake_views.saved, name="intake_saved"),
    path("desk/notices/", office_views.notices, name="notices"),
    path("desk/catalogue/", office_views.catalogue, name="catalogue"),
    path("desk/mailbox/", office_views.mailbox, name="mailbox"),
]
