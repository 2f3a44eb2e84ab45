"""The addresses of the administrator's desk, of one's own password, and of a hand-over."""

from django.urls import path

from . import people_views, views

urlpatterns = [
    path("administration/", views.home, name="administration"),
    path("administration/changes/", views.change_list, name="administration_changes"),
    path("administration/changes/<int:pk>/", views.change, name="administration_change"),
    path("administration/passwords/", people_views.first_passwords, name="first_passwords"),
    path("administration/passwords/<str:username>/", people_views.issue_password, name="issue_password"),
    path("administration/table/<slug:name>/", views.table, name="administration_table"),
    path("administration/table/<slug:name>/row/", views.row, name="administration_row"),
    path("administration/table/<slug:name>/file/", views.file, name="administration_file"),
    path("administration/table/<slug:name>/upload/", views.upload, name="administration_upload"),
    path("hand-over/", people_views.hand_over_list, name="cases_of_officers"),
    path("hand-over/<str:username>/", people_views.hand_over_form, name="give_cases"),
    path("password/", people_views.own_password, name="own_password"),
]
