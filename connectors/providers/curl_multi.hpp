// SPDX-License-Identifier: MIT
// A handle for libcurl's transfers; curl wants to be set up once, before the first.
#pragma once

#include <curl/curl.h>

#include <new>

namespace antiphon::providers {

inline CURLM* make_multi() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM* multi = ready == CURLE_OK ? curl_multi_init() : nullptr;
  if (multi == nullptr) throw std::bad_alloc();
  return multi;
}

}  // namespace antiphon::providers
