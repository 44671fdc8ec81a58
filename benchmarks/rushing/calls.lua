-- Sends each call of a file once: lines of "METHOD PATH TOKEN KEY", "-" where there is none.
-- Arguments: the file, the number of threads, the prefix of the files of answers, "bodies" to keep what was answered.
local ffi = require("ffi")
ffi.cdef [[
typedef struct { long tv_sec; long tv_nsec; } rush_time;
int clock_gettime(int clock, rush_time *time);
]]

local count = 0

function setup(thread)
  thread:set("id", count)
  count = count + 1
end

local function now()
  local time = ffi.new("rush_time")
  ffi.C.clock_gettime(1, time)
  return tonumber(time.tv_sec) + tonumber(time.tv_nsec) / 1e9
end

function init(args)
  calls, taken, sent, got = {}, 0, 0, 0
  keeps_bodies = args[4] == "bodies"
  local number, threads = 0, tonumber(args[2])
  for line in io.lines(args[1]) do
    if number % threads == id then
      calls[#calls + 1] = line
    end
    number = number + 1
  end
  answers = io.open(args[3] .. id, "w")
  answers:setvbuf("full")
end

-- A connection asks here before each call; who gets none waits for ever, so that no call is sent twice.
function delay()
  taken = taken + 1
  if taken > #calls then
    return 3600000
  end
  return 0
end

function request()
  if taken == 0 then
    return wrk.format("GET", "/") -- wrk looks at one request before it begins, and sends it to nobody
  end
  sent = sent + 1
  if sent == 1 then
    answers:write(string.format("%.6f begun -\n", now()))
  end
  local method, path, token, key = calls[sent]:match("(%S+) (%S+) (%S+) (%S+)")
  local headers = { ["Accept-Language"] = "zh" }
  if token ~= "-" then
    headers["Authorization"] = "Bearer " .. token
  end
  if method == "GET" then
    return wrk.format(method, path, headers)
  end
  headers["Idempotency-Key"] = key
  headers["Content-Type"] = "application/json"
  return wrk.format(method, path, headers, '{"channel":"网页"}')
end

function response(status, _, body)
  got = got + 1
  answers:write(string.format("%.6f %d %s\n", now(), status, keeps_bodies and body:gsub("%s+", " ") or "-"))
  if got >= #calls then
    answers:write(string.format("%.6f ended -\n", now()))
    answers:close()
    wrk.thread:stop()
  end
end

function done(_, latency, _)
  local shares = { 50, 95, 99 }
  local told = {}
  for place, share in ipairs(shares) do
    told[place] = string.format('"p%d_ms":%.1f', share, latency:percentile(share) / 1000)
  end
  told[#told + 1] = string.format('"longest_ms":%.1f', latency.max / 1000)
  io.write("RUSH {" .. table.concat(told, ",") .. "}\n")
end
