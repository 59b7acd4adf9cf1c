const { useTopic } = require('use-flow-socket/topics')

exports.useTopicOfDependency = useTopic
