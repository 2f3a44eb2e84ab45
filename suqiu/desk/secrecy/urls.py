"""The addresses of what leaves, what got out, and what citizens ask of their data."""

from django.urls import path

from . import breach_views, data_views, export_views, leak_views

urlpatterns = [
    path("exports/", export_views.export_list, name="exports"),
    path("exports/<int:pk>/", export_views.one, name="export"),
    path("exports/<int:pk>/file/", export_views.file, name="export_file"),
    path("leak/", leak_views.leak, name="leak"),
    path("breaches/", breach_views.breach_list, name="breaches"),
    path("breaches/<int:pk>/", breach_views.one, name="breach"),
    path("data/", data_views.request_list, name="data_requests"),
    path("data/<int:pk>/", data_views.one, name="data_request"),
]
