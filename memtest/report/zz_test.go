package report
import ("testing";"os";"path/filepath")
func TestScratch(t *testing.T){
	dir:=os.Getenv("SCRATCH"); if dir=="" {t.Skip()}
	p:=hostile(testPage())
	os.WriteFile(filepath.Join(dir,"hostile.html"),render(t,p),0644)
	if _,err:=WriteFigures(dir,testPage().Rows);err!=nil{t.Fatal(err)}
	p=testPage(); p.Rows=testRows(1,2,3)
	os.WriteFile(filepath.Join(dir,"seeds.html"),render(t,p),0644)
}
