"""The addresses of the shift leader's board."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.board, name="shift"),
    path("hand-over/", views.hand_over, name="shift_note"),
    path("hand-over/<int:pk>/", views.take_over, name="shift_note_read"),
]
