from suqiu.cases.tests import test_walks as w
def test_q(db):
    taken=w.walk(range(1000,1250),40)
    print(sum(taken.values()), taken.most_common()); print({s.name for s in w.STEPS}-set(taken))
