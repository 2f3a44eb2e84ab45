"""The addresses of the staff door."""

from django.urls import include, path

from . import case_views, door_views, go_views, list_views, office_views
from .search.views import search

app_name = "desk"

urlpatterns = [
    path("login/", door_views.login, name="login"),
    path("logout/", door_views.logout, name="logout"),
    path("desk/", list_views.today, name="today"),
    path("desk/queue/<slug:name>/", list_views.queue, name="queue"),
    path("desk/queue/<slug:name>/take/", list_views.take, name="queue_take"),
    path("desk/queue/<slug:name>/views/", list_views.views, name="queue_views"),
    path("desk/shift/", include("suqiu.desk.shift.urls")),
    path("desk/case/<str:number>/print/", include("suqiu.desk.papers.urls")),
    path("desk/go/", go_views.go, name="go"),
    path("desk/keys/", go_views.keys, name="keys"),
    path("desk/peek/<str:number>/", go_views.peek, name="peek"),
    path("desk/case/<str:number>/", case_views.case, name="case"),
    path("desk/case/<str:number>/step/<slug:name>/", case_views.step, name="step"),
    path("desk/case/<str:number>/reveal/", case_views.reveal, name="reveal"),
    path("desk/file/<int:pk>/", case_views.file, name="file"),
    path("desk/", include("suqiu.desk.phone.urls")),
    path("desk/", include("suqiu.desk.administration.urls")),
    path("desk/secrecy/", include("suqiu.desk.secrecy.urls")),
    path("desk/search/", search, name="search"),
    path("desk/notices/", office_views.notices, name="notices"),
    path("desk/catalogue/", office_views.catalogue, name="catalogue"),
    path("desk/mailbox/", office_views.mailbox, name="mailbox"),
    path("desk/site/", include("suqiu.desk.site.urls")),
    path("desk/calls/", include("suqiu.desk.calls.urls")),
    path("desk/event/", include("suqiu.desk.event.urls")),
    path("desk/filing/", include("suqiu.desk.filing.urls")),
    path("desk/limits/", include("suqiu.desk.limits.urls")),
    path("desk/review/", include("suqiu.desk.review.urls")),
    path("desk/ruling/", include("suqiu.desk.ruling.urls")),
]
