message(STATUS "Boxwright ${PROJECT_VERSION}: ${CMAKE_BUILD_TYPE}, ${CMAKE_CXX_COMPILER_ID} "
               "${CMAKE_CXX_COMPILER_VERSION}")
if(BOXWRIGHT_HAS_UI)
  message(STATUS "  studio: yes (Qt ${Qt6_VERSION})")
else()
  message(STATUS "  studio: no (Qt 6 with QCustomPlot not found or BOXWRIGHT_UI=OFF)")
endif()
message(STATUS "  sanitizers: ${BOXWRIGHT_SANITIZE}")
