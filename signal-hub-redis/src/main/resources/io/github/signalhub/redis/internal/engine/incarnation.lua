-- The life of this server's data. It changes when the server starts, and when a replica becomes the master:
-- then the server may have lost what it had. (The id of the replication changes more often.)
local function incarnation()
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
  local promoted = string.match(redis.call('INFO', 'replication'), 'second_repl_offset:(%-?%d+)')
  return run .. promoted
end

-- The server's clock in milliseconds, which never goes back for one hub.
local function clock(newest)
  local time = redis.call('TIME')
  return math.max(tonumber(newest or '0'), tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
end

-- The digits of a whole number below 2^53. Most messages need it twice, and %d is faster than %.0f.
local function text(number)
  return string.format('%d', number)
end

