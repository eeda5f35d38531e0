list(APPEND BOXWRIGHT_UI_SOURCES
  keys/key_bindings.cpp keys/key_card.cpp keys/key_field.cpp keys/key_list_model.cpp keys/key_map.cpp)
