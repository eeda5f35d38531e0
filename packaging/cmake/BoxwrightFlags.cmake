# The flags every target of ours gets, through the interface target boxwright_flags.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

# ccache, where it is there, knows a file by what it holds and not by where the checkout lies (so
# debug information may name another one), and keeps what is made with precompiled headers, too.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(BOXWRIGHT_CCACHE env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${BOXWRIGHT_CCACHE})
endif()

find_package(Threads REQUIRED)

add_library(boxwright_flags INTERFACE)
target_include_directories(boxwright_flags INTERFACE ${CMAKE_SOURCE_DIR})
# For C++ alone: nvcc, which compiles the kernels, has flags of its own (BoxwrightCuda.cmake).
function(boxwright_cxx_options)
  target_compile_options(boxwright_flags INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:${ARGN}>")
endfunction()
boxwright_cxx_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # gcc 12 warns of overlaps inside std::string that cannot happen (its bug 105651).
  boxwright_cxx_options(-Wno-restrict)
endif()
# What ccache needs to keep files made with precompiled headers.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  boxwright_cxx_options(-fpch-preprocess)
else()
  boxwright_cxx_options("SHELL:-Xclang -fno-pch-timestamp")
endif()
# A newer compiler than Debian 12's has warnings of its own, of the library's insides among them: who
# builds there is not to be stopped by them.
set(known 13)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  set(known 15)
endif()
if(BOXWRIGHT_WERROR STREQUAL "AUTO" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS ${known})
  boxwright_cxx_options(-Werror)
elseif(NOT BOXWRIGHT_WERROR STREQUAL "AUTO" AND BOXWRIGHT_WERROR)
  boxwright_cxx_options(-Werror)
endif()
target_link_libraries(boxwright_flags INTERFACE Threads::Threads)
if(BOXWRIGHT_SANITIZE)
  boxwright_cxx_options(-fsanitize=${BOXWRIGHT_SANITIZE} -fno-omit-frame-pointer
                        -fno-sanitize-recover=all)
  target_link_options(boxwright_flags INTERFACE -fsanitize=${BOXWRIGHT_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The sanitizers' own code keeps gcc from seeing that std::optional guards its value.
    boxwright_cxx_options(-Wno-maybe-uninitialized)
  endif()
endif()

# boxwright_library(NAME SOURCES a.cpp … PUBLIC libs … PRIVATE libs …): a static library of one core
# folder.
function(boxwright_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC boxwright_flags ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
endfunction()

# boxwright_test(NAME SOURCES … LIBS …): one GoogleTest program of one folder.
function(boxwright_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE boxwright_flags ${ARG_LIBS} boxwright_test_support
                        GTest::gtest GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 300 ENVIRONMENT QT_QPA_PLATFORM=offscreen)
endfunction()
