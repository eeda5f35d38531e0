# The CUDA backend's needs: the toolkit (12 or newer) with nvcc, and cuDNN 9.8 or newer, whose
# library is looked for when the program runs (core/compute/cuda/cudnn.cpp). cuDNN may be in the
# toolkit's folder, in the system's, or below CUDNN_ROOT, as in the Python package nvidia-cudnn. Sets
# BOXWRIGHT_HAS_CUDA, or BOXWRIGHT_CUDA_MISSING to what is missing.
set(BOXWRIGHT_HAS_CUDA FALSE)
set(BOXWRIGHT_CUDA_MISSING "BOXWRIGHT_CUDA=OFF")
if(NOT BOXWRIGHT_CUDA STREQUAL "OFF")
  include(CheckLanguage)
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    # What cuDNN has tensor cores for, and for what comes after them their newest code to compile.
    set(CMAKE_CUDA_ARCHITECTURES 75-real 80-real 86-real 89-real 90)
  endif()
  check_language(CUDA)
  find_package(CUDAToolkit 12 QUIET)
  find_path(CUDNN_INCLUDE_DIR cudnn_graph.h HINTS ${CUDNN_ROOT} ENV CUDNN_ROOT
            ${CUDAToolkit_INCLUDE_DIRS} PATH_SUFFIXES include)
  if(CUDNN_INCLUDE_DIR)
    file(STRINGS ${CUDNN_INCLUDE_DIR}/cudnn_version.h lines REGEX "#define CUDNN_M(AJOR|INOR) ")
    string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*" "\\1.\\2" CUDNN_VERSION "${lines}")
  endif()
  find_library(CUDNN_LIBRARY NAMES libcudnn.so.9 HINTS ${CUDNN_ROOT} ENV CUDNN_ROOT
               ${CUDAToolkit_LIBRARY_DIR} PATH_SUFFIXES lib lib64)
  if(NOT CMAKE_CUDA_COMPILER)
    set(BOXWRIGHT_CUDA_MISSING "nvcc not found")
  elseif(NOT CUDAToolkit_FOUND)
    set(BOXWRIGHT_CUDA_MISSING "CUDA Toolkit 12 or newer not found")
  elseif(NOT CUDNN_INCLUDE_DIR OR CUDNN_VERSION VERSION_LESS 9.8)
    set(BOXWRIGHT_CUDA_MISSING "cuDNN 9.8 or newer not found; name its folder in CUDNN_ROOT")
  else()
    if(CCACHE_PROGRAM)
      set(CMAKE_CUDA_COMPILER_LAUNCHER ${BOXWRIGHT_CCACHE})
    endif()
    enable_language(CUDA)
    set(CMAKE_CUDA_STANDARD 20)
    if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)
      # CMake 3.25 does not know that nvcc has it.
      set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
      set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
    endif()
    if(CUDNN_LIBRARY)  # where a program that is run where it was built looks first
      get_filename_component(folder ${CUDNN_LIBRARY} DIRECTORY)
      list(APPEND CMAKE_BUILD_RPATH ${folder})
    endif()
    set(BOXWRIGHT_HAS_CUDA TRUE)
  endif()
  if(BOXWRIGHT_CUDA STREQUAL "ON" AND NOT BOXWRIGHT_HAS_CUDA)
    message(FATAL_ERROR "BOXWRIGHT_CUDA=ON, but ${BOXWRIGHT_CUDA_MISSING}")
  endif()
endif()
